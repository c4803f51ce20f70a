import * as t from 'io-ts';
import { ExactCodec, type Field } from './exact/ExactCodec.ts';
import { exact } from './exact/exact.ts';
import { record } from './exact/record.ts';
import type { Shape } from './Shape.ts';
import type { WithDefault } from './withDefault.ts';

/**
 * An exact shape, in the forms that its defaults need.
 *
 * @internal
 */
export interface ExactShape {
  /** Requires every field. */
  readonly codec: ExactCodec;
  /** Fills missing fields while it decodes what a client sent. */
  readonly input: ExactCodec;
  /** Fills missing fields of the data that the program passed: in a copy, and only where one is missing. */
  readonly fill: (given: unknown) => unknown;
}

type Default = readonly [key: string, field: WithDefault<t.Mixed>];

/**
 * Compiles a shape.
 *
 * @param at names the shape in errors
 * @throws TypeError as `exact` does, and for a field that is not a codec.
 * @internal
 */
export function exactShape(shape: Shape, at: string): ExactShape {
  if (isCodec(shape)) {
    const codec = exact(shape, at);
    return { codec, input: codec, fill: (given) => given };
  }
  const props = Object.entries(propsOf(shape, at));
  const defaults = props.filter((prop): prop is [string, WithDefault<t.Mixed>] => hasDefault(prop[1]));
  const bare = props.map(([key, prop]) => [key, hasDefault(prop) ? prop.type : prop]);
  const codec = exact(t.type(Object.fromEntries(bare)), at);
  if (defaults.length === 0) return { codec, input: codec, fill: (given) => given };
  return { codec, input: filling(codec, defaults, at), fill: (given) => filled(given, defaults) };
}

function isCodec(shape: Shape): shape is t.Mixed {
  return typeof shape === 'object' && shape !== null && typeof shape.validate === 'function';
}

function propsOf(shape: t.Props, at: string): t.Props {
  if (typeof shape !== 'object' || shape === null)
    throw new TypeError(`${at}: expected a record of io-ts codecs or a codec`);
  for (const [key, prop] of Object.entries(shape)) {
    if (!isCodec(prop))
      throw new TypeError(`${at}.${key}: expected an io-ts codec; a record in a record is a t.type({...})`);
  }
  return shape;
}

function hasDefault(codec: t.Mixed): codec is WithDefault<t.Mixed> {
  return '_tag' in codec && codec._tag === 'WithDefaultType';
}

function filled(given: unknown, defaults: readonly Default[]): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  let out = given as Record<string, unknown>;
  for (const [key, field] of defaults) {
    if (out[key] !== undefined) continue;
    if (out === given) out = { ...out };
    out[key] = field.value();
  }
  return out;
}

/** Returns the same record, in which fields with a default may be missing. */
function filling(codec: ExactCodec, defaults: readonly Default[], at: string): ExactCodec {
  const [member] = codec.branches();
  if (member?.fields === undefined) return codec;
  const known = new Map<string, Field>(member.fields.known);
  for (const [key, { value }] of defaults) {
    const field = known.get(key);
    if (field !== undefined) known.set(key, { ...field, codec: fillingField(field.codec, value, `${at}.${key}`) });
  }
  return record(codec.name, { ...member.fields, known });
}

function fillingField(codec: ExactCodec, value: () => unknown, at: string): ExactCodec {
  return new ExactCodec(codec.name, {
    is: codec.is,
    validateAs: (given, context, side) => {
      if (given !== undefined) return codec.validateAs(given, context, side);
      const made = value();
      if (!codec.is(made)) throw new TypeError(`${at}: its default is no ${codec.name}`);
      return t.success(made);
    },
    encode: codec.encode,
    isIdentity: () => false,
    branches: codec.branches,
  });
}
