import { jsonCopyOf, notPlain } from '../../data/plainCopy.ts';
import type { StandardProps, StandardResult, StandardSchema } from './StandardSchema.ts';

type Convert = (value: unknown) => WireResult;

/** The value that is sent, or what is wrong with it; `json` is then the value as JSON carries it, where that is another one. */
export type WireResult = StandardResult<unknown> & { readonly json?: unknown };

/**
 * Validates a value.
 *
 * @param at names the value in errors
 * @throws TypeError for a schema that validates asynchronously.
 */
export function validateNow(schema: StandardSchema, value: unknown, at: string): StandardResult<unknown> {
  const { validate, vendor } = schema['~standard'];
  return synchronous(validate(value), vendor, at);
}

/**
 * Creates the function that makes of a value in the program the one that is sent, without the fields that the schema
 * removes. A value that its reader would not get back is an issue: JSON does not carry it, or the reader would transform it
 * once more.
 *
 * @param at names the value in errors
 * @param mayBeAbsent true for a field, which JSON leaves out where it is `undefined`
 */
export function wireForm(schema: StandardSchema, at: string, mayBeAbsent: boolean): Convert {
  const encode = encoderOf(schema, at);
  const convert: Convert =
    encode === undefined
      ? (value) => withoutEncoder(schema, value, at)
      : (value) => encodedForm(schema, value, encode(value), at);
  return (value) => {
    const sent = convert(value);
    return sent.issues === undefined && sent.value === undefined && !mayBeAbsent ? notJson : sent;
  };
}

/** Returns what is sent of an encoded value. */
function encodedForm(schema: StandardSchema, value: unknown, encoded: StandardResult<unknown>, at: string): WireResult {
  if (encoded.issues !== undefined || jsonCopyOf(encoded.value) !== notPlain) return encoded;
  // JSON text changes the value, a date for example: its reader has to accept what is left of it.
  const sent = textForm(encoded.value);
  if (sent.issues !== undefined) return sent;
  const received = validateNow(schema, sent.value, at);
  if (received.issues !== undefined) return { issues: received.issues, json: sent.value };
  if (!isCarried(encoded.value)) return notJson;
  return hasSameObjects(value, received.value) ? sent : notRestored;
}

/**
 * Returns what is sent for a schema that only validates: the result of validation, which does not change any more when its
 * reader validates it.
 */
function withoutEncoder(schema: StandardSchema, value: unknown, at: string): WireResult {
  const copy = jsonCopyOf(value);
  const plain = copy === notPlain ? textForm(value) : { value: copy };
  if (plain.issues !== undefined) return plain;
  const validated = validateNow(schema, plain.value, at);
  if (validated.issues !== undefined) return { issues: validated.issues, json: plain.value };
  if (copy === notPlain && !isCarried(value)) return notJson;
  if (copy === notPlain && !hasSameObjects(value, validated.value)) return notRestored;
  const sent = jsonForm(validated.value);
  if (sent.issues !== undefined) return { issues: sent.issues, json: plain.value };
  if (isSameJson(sent.value, plain.value)) return sent;
  const received = validatedForm(schema, sent.value, at);
  if (received.issues === undefined && isSameJson(received.value, sent.value)) return sent;
  return issue(
    `a value that its reader gets back: the ${schema['~standard'].vendor} schema transforms it and cannot encode`,
  );
}

function validatedForm(schema: StandardSchema, value: unknown, at: string): StandardResult<unknown> {
  const result = validateNow(schema, value, at);
  return result.issues === undefined ? jsonForm(result.value) : result;
}

/** Returns a value as its reader parses it. */
function jsonForm(value: unknown): StandardResult<unknown> {
  const copy = jsonCopyOf(value);
  return copy === notPlain ? textForm(value) : { value: copy };
}

/** Returns what JSON text restores of a value that is more than plain data. */
function textForm(value: unknown): StandardResult<unknown> {
  try {
    const text: string | undefined = JSON.stringify(value);
    return { value: text === undefined ? undefined : JSON.parse(text) };
  } catch {
    return notJson;
  }
}

/** Returns false for a value that JSON text carries as `null` or `{}` at any depth. */
function isCarried(value: unknown): boolean {
  try {
    JSON.stringify(value, checkCarried);
    return true;
  } catch {
    return false;
  }
}

/** Returns a value as it is, for `JSON.stringify`. @throws TypeError for what JSON text would carry as `null` or `{}`. */
function checkCarried(this: unknown, key: string, value: unknown): unknown {
  const isLost =
    typeof value === 'number'
      ? !Number.isFinite(value)
      : value === null
        ? // An invalid date.
          (this as Readonly<Record<string, unknown>>)[key] instanceof Date
        : value instanceof Map || value instanceof Set;
  if (isLost) throw new TypeError(`JSON does not carry the value of ${key}`);
  return value;
}

/** Returns true if a reader gets dates where the program has them, and objects where it has those that JSON makes text of. */
function hasSameObjects(value: unknown, received: unknown): boolean {
  // The schema removed the field.
  if (typeof value !== 'object' || value === null || received === undefined) return true;
  if (value instanceof Date) return received instanceof Date;
  const isObject = typeof received === 'object' && received !== null;
  if ('toJSON' in value || !isObject) return isObject || !('toJSON' in value);
  return Object.entries(value).every(([key, field]) =>
    hasSameObjects(field, (received as Readonly<Record<string, unknown>>)[key]),
  );
}

function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

interface Encodable extends StandardSchema {
  readonly '~standard': StandardProps & { readonly encode?: Convert };
  readonly safeEncode?: (
    value: unknown,
  ) =>
    | { readonly success: true; readonly data: unknown }
    | { readonly success: false; readonly error: StandardFailure };
}

type StandardFailure = Extract<StandardResult<unknown>, { readonly issues: readonly unknown[] }>;

/** Returns the encoder of a schema: the one of the Standard Codec proposal, or that of zod from 4.1; `undefined` for others. */
function encoderOf(schema: Encodable, at: string): Convert | undefined {
  const { encode, vendor } = schema['~standard'];
  if (typeof encode === 'function') return (value) => synchronous(encode(value), vendor, at);
  if (vendor !== 'zod' || typeof schema.safeEncode !== 'function') return undefined;
  return (value) => {
    try {
      const result = schema.safeEncode?.(value);
      return result?.success ? { value: result.data } : { issues: result?.error.issues ?? [] };
    } catch (error) {
      const { message } = error as Error;
      throw new TypeError(`${at}: the zod schema cannot encode: ${message}; use z.codec for a transform`, {
        cause: error,
      });
    }
  };
}

function synchronous<T>(result: T | PromiseLike<T>, vendor: string, at: string): T {
  if (typeof (result as Partial<PromiseLike<T>>).then !== 'function') return result as T;
  (result as PromiseLike<T>).then(undefined, () => {});
  throw new TypeError(
    `${at}: the ${vendor} schema validates asynchronously, and events are checked at once; use a schema without a promise`,
  );
}

const notRestored = issue('a value that its reader gets back from JSON text');

const notJson = issue('a value that JSON can carry');

function issue(message: string): StandardResult<never> {
  return { issues: [{ message }] };
}
