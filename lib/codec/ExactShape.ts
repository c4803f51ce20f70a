import type { Either, Right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { kindOf } from '../data/kindOf.ts';
import { type Issue, issuesOf } from './describeFailure.ts';
import { ExactCodec, type Field } from './exact/ExactCodec.ts';
import { exact } from './exact/exact.ts';
import { fieldReader, record } from './exact/record.ts';
import type { Codec, DataOf, FieldCodecs, Shape } from './Shape.ts';
import { codecOf, isCodec } from './standard/codecOf.ts';
import { isStandardSchema } from './standard/StandardSchema.ts';
import { standardLeaf } from './standard/standardLeaf.ts';
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
  readonly fill: (data: unknown) => unknown;
}

type Default = readonly [key: string, field: WithDefault<Codec>, read: ReturnType<typeof fieldReader>];

/**
 * Compiles a shape.
 *
 * @param at names the shape in errors
 * @throws TypeError as `exact` does, and for a field that is neither a codec nor a Standard Schema.
 * @internal
 */
export function exactShape(shape: Shape, at: string): ExactShape {
  if (isCodec(shape) || isStandardSchema(shape)) {
    const codec = isCodec(shape) ? exact(shape, at) : standardLeaf(shape, at, false);
    return { codec, input: codec, fill: (data) => data };
  }
  const props = Object.entries(propsOf(shape, at));
  const defaults = props.flatMap(([key, prop]) => (hasDefault(prop) ? [[key, prop, fieldReader(key)] as const] : []));
  const bare = props.map(([key, prop]) => [key, codecOf(hasDefault(prop) ? prop.type : prop, `${at}.${key}`)]);
  const codec = exact(t.type(Object.fromEntries(bare)), at);
  if (defaults.length === 0) return { codec, input: codec, fill: (data) => data };
  return { codec, input: withDefaults(codec, defaults, at), fill: (data) => fillDefaults(data, defaults) };
}

/**
 * Creates the decoder of a part of a request, `query` for example, from a record of props or a codec: defaults are
 * filled, and unknown fields are stripped.
 *
 * @param root names the part in issues and errors
 * @throws TypeError at once, as `event` does for its shape.
 * @internal
 */
export function recordDecoder<S extends Shape>(
  shape: S,
  root: string,
): (value: unknown) => Either<readonly Issue[], DataOf<S>> {
  const { input } = exactShape(shape, root);
  return (value) => {
    const decoded = input.decode(value);
    return decoded._tag === 'Left'
      ? { _tag: 'Left', left: issuesOf(decoded.left, root) }
      : (decoded as Right<DataOf<S>>);
  };
}

function propsOf(shape: FieldCodecs, at: string): FieldCodecs {
  if (typeof shape !== 'object' || shape === null)
    throw new TypeError(`${at}: expected a record of codecs, a codec or a Standard Schema, got ${kindOf(shape)}`);
  for (const [key, prop] of Object.entries(shape)) {
    if (!isCodec(prop) && !isStandardSchema(prop))
      throw new TypeError(
        `${at}.${key}: expected a codec or a Standard Schema; a record in a record is a t.type({...})`,
      );
  }
  return shape;
}

function hasDefault(codec: Codec): codec is WithDefault<Codec> {
  return '_tag' in codec && codec._tag === 'WithDefaultType';
}

function fillDefaults(data: unknown, defaults: readonly Default[]): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  let out = data as Record<string, unknown>;
  for (const [key, field, read] of defaults) {
    if (read(out) !== undefined) continue;
    if (out === data) out = { ...out };
    out[key] = field.value();
  }
  return out;
}

/** Returns the same record, in which fields with a default may be missing. */
function withDefaults(codec: ExactCodec, defaults: readonly Default[], at: string): ExactCodec {
  const [member] = codec.branches();
  if (member?.fields === undefined) return codec;
  const known = new Map<string, Field>(member.fields.known);
  for (const [key, { value }] of defaults) {
    const field = known.get(key);
    if (field !== undefined)
      known.set(key, { ...field, hasDefault: true, codec: withFieldDefault(field.codec, value, `${at}.${key}`) });
  }
  return record(codec.name, { ...member.fields, known });
}

function withFieldDefault(codec: ExactCodec, value: () => unknown, at: string): ExactCodec {
  return new ExactCodec(codec.name, {
    is: codec.is,
    validateAs: (data, context, form) => {
      if (data !== undefined) return codec.validateAs(data, context, form);
      const filled = value();
      if (!codec.is(filled)) throw new TypeError(`${at}: its default is not ${codec.name}`);
      return t.success(filled);
    },
    encode: codec.encode,
    isIdentity: () => false,
    branches: codec.branches,
  });
}
