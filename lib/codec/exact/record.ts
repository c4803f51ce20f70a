import * as t from 'io-ts';
import type { Field, Fields, Side } from './ExactCodec.ts';
import { ExactCodec, report } from './ExactCodec.ts';

/** An object that carries its known fields and nothing else, in and out. */
export function record(name: string, fields: Fields): ExactCodec {
  const known = [...fields.known].map(([key, field]) => reader(key, field));
  const { rest, checks } = fields;

  /** Keys that the rest of an open record lays claim to. */
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

  function walk(value: unknown, context: t.Context, side: Side): t.Validation<unknown> {
    if (!isObject(value)) return t.failure(value, context);
    const out: Record<string, unknown> = {};
    const errors: t.Errors = [];

    for (const { key, read, codec, required } of known) {
      const at = read(value);
      if (at === undefined && !required) continue;
      if (!walkField(key, codec, at, context, side, out, errors)) return t.failures(errors);
    }
    if (rest !== undefined) {
      for (const key of open(value)) {
        if (!walkField(key, rest.codomain, value[key], context, side, out, errors)) return t.failures(errors);
      }
    }
    if (errors.length > 0) return t.failures(errors);
    for (const check of checks) if (!check(side === 'wire' ? out : value)) return t.failure(value, context);
    return t.success(out);
  }

  let keys: readonly string[] | undefined;

  /** Its keys, where all of them are sent as they are; none where the record is copied in any case. */
  function verbatimKeys(): readonly string[] {
    keys ??= rest === undefined && known.every(({ codec }) => codec.verbatim()) ? known.map(({ key }) => key) : [];
    return keys;
  }

  function encode(value: unknown): unknown {
    const from = value as Record<string, unknown>;
    // Most events are this: there is nothing to leave out, and so nothing to copy.
    if (hasJust(from, verbatimKeys())) return from;
    const out: Record<string, unknown> = {};
    for (const { key, read, codec, required } of known) {
      const at = read(from);
      if (at === undefined && !required) continue;
      put(out, key, codec.verbatim() ? at : codec.encode(at));
    }
    if (rest !== undefined) for (const key of open(from)) put(out, key, rest.codomain.encode(from[key]));
    return out;
  }

  return new ExactCodec(name, {
    is,
    walk,
    encode,
    verbatim: () => false,
    members: (codec) => [{ codec, kinds: new Set(['object']), fields }],
  });
}

/** Whether a plain object has these keys, in this order, and no other. */
function hasJust(value: object, keys: readonly string[]): boolean {
  let count = 0;
  for (const key in value) if (key !== keys[count++]) return false;
  return (
    count > 0 && count === keys.length && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)
  );
}

/** Returns false when there are failures enough and no point in going on. */
function walkField(
  key: string,
  codec: ExactCodec,
  value: unknown,
  context: t.Context,
  side: Side,
  out: Record<string, unknown>,
  errors: t.Errors,
): boolean {
  if ((side === 'program' || codec.verbatim()) && codec.is(value)) {
    put(out, key, value);
    return true;
  }
  const result = codec.walk(value, t.appendContext(context, key, codec, value), side);
  if (result._tag === 'Left') return report(errors, result.left);
  put(out, key, result.right);
  return true;
}

interface Reader extends Field {
  readonly key: string;
  readonly read: (value: Record<string, unknown>) => unknown;
}

/** A field named like a member of every object is read as the object's own, or `{}` would seem to have it. */
function reader(key: string, { codec, required }: Field): Reader {
  const read =
    key in Object.prototype
      ? (value: Record<string, unknown>) => (Object.hasOwn(value, key) ? value[key] : undefined)
      : (value: Record<string, unknown>) => value[key];
  return { key, codec, required, read };
}

/** What io-ts takes for a record: every object but arrays, dates and other built-in classes. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}

/** Assignment that cannot change the prototype: a sender may name a key `__proto__`. */
function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  else out[key] = value;
}
