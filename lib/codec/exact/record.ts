import * as t from 'io-ts';
import type { Field, Fields, Form } from './ExactCodec.ts';
import { addFailures, ExactCodec } from './ExactCodec.ts';

/** Creates the codec of an object with its known fields and no others, in both directions. */
export function record(name: string, fields: Fields): ExactCodec {
  const known: readonly FieldReader[] = [...fields.known].map(([key, field]) => ({
    key,
    ...field,
    read: fieldReader(key),
  }));
  const { rest, checks } = fields;

  /** Keys that the index signature of an open record matches. */
  function open(value: object): readonly string[] {
    if (rest === undefined) return [];
    return Object.keys(value).filter((key) => !fields.known.has(key) && rest.domain.is(key));
  }

  function is(value: unknown): boolean {
    if (!isObject(value)) return false;
    for (const { read, codec, required } of known) {
      const at = read(value);
      if (at === undefined && !required) continue;
      if (!codec.is(at)) return false;
    }
    if (rest !== undefined) for (const key of open(value)) if (!rest.codomain.is(value[key])) return false;
    for (const check of checks) if (!check(value)) return false;
    return true;
  }

  function validateAs(value: unknown, context: t.Context, form: Form): t.Validation<unknown> {
    if (!isObject(value)) return codec.failure(value, context, form);
    const out: Record<string, unknown> = {};
    const errors: t.Errors = [];

    for (const { key, read, codec, required } of known) {
      const at = read(value);
      if (at === undefined && !required) continue;
      if (!validateField(key, codec, at, context, form, out, errors)) return t.failures(errors);
    }
    if (rest !== undefined) {
      for (const key of open(value)) {
        if (!validateField(key, rest.codomain, value[key], context, form, out, errors)) return t.failures(errors);
      }
    }
    if (errors.length > 0) return t.failures(errors);
    for (const check of checks) if (!check(form === 'wire' ? out : value)) return t.failure(value, context);
    return t.success(out);
  }

  let keys: readonly string[] | undefined;

  /** Its keys, where all of them are sent unchanged; none where the record has to be copied in any case. */
  function identityKeys(): readonly string[] {
    keys ??= rest === undefined && known.every(({ codec }) => codec.isIdentity()) ? known.map(({ key }) => key) : [];
    return keys;
  }

  function encode(value: unknown): unknown {
    const from = value as Record<string, unknown>;
    // The usual case: there is nothing to strip, and so nothing to copy.
    if (hasJust(from, identityKeys())) return from;
    const out: Record<string, unknown> = {};
    for (const { key, read, codec, required } of known) {
      const at = read(from);
      if (at === undefined && !required) continue;
      put(out, key, codec.isIdentity() ? at : codec.encode(at));
    }
    if (rest !== undefined) for (const key of open(from)) put(out, key, rest.codomain.encode(from[key]));
    return out;
  }

  const codec: ExactCodec = new ExactCodec(name, {
    is,
    expected: 'object',
    validateAs,
    encode,
    isIdentity: () => false,
    branches: (self) => [{ codec: self, kinds: new Set(['object']), fields }],
  });
  return codec;
}

/** Returns true if a plain object has exactly these keys, in this order. */
function hasJust(value: object, keys: readonly string[]): boolean {
  let count = 0;
  for (const key in value) if (key !== keys[count++]) return false;
  return (
    count > 0 && count === keys.length && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)
  );
}

/** Returns false when the report of failures is full. */
function validateField(
  key: string,
  codec: ExactCodec,
  value: unknown,
  context: t.Context,
  form: Form,
  out: Record<string, unknown>,
  errors: t.Errors,
): boolean {
  if (codec.isIdentity() && codec.is(value)) {
    put(out, key, value);
    return true;
  }
  const result = codec.validateAs(value, t.appendContext(context, key, codec, value), form);
  if (result._tag === 'Left') return addFailures(errors, result.left);
  put(out, key, result.right);
  return true;
}

interface FieldReader extends Field {
  readonly key: string;
  readonly read: (value: Record<string, unknown>) => unknown;
}

/** Returns a function that reads an own field only, since every object inherits fields such as `constructor`. */
export function fieldReader(key: string): (value: Record<string, unknown>) => unknown {
  return key in Object.prototype
    ? (value) => (Object.hasOwn(value, key) ? value[key] : undefined)
    : (value) => value[key];
}

/** Returns true for what io-ts accepts as a record: every object but arrays, dates and other built-in classes. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}

/** Assigns a field without changing the prototype: a sender may name a key `__proto__`. */
function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  else out[key] = value;
}
