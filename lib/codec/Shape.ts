import type * as t from 'io-ts';
import type { StandardSchema } from './standard/StandardSchema.ts';

/** Describes a value: an io-ts codec, or a Standard Schema of zod, valibot, arktype, Effect and others. @category event */
export type Codec = t.Mixed | StandardSchema;

/** The codecs of the fields of a record, by their keys. */
export type FieldCodecs = Readonly<Record<string, Codec>>;

/** The shape of data: a record of codecs by field, which is the usual form, or one codec. @category event */
export type Shape = FieldCodecs | Codec;

/** The value that a codec describes, in the program. */
export type TypeOf<C> = C extends t.Mixed ? t.TypeOf<C> : C extends StandardSchema ? TypesOf<C>['output'] : never;

/** The value on the wire, before it becomes text. */
export type OutputOf<C> = C extends t.Mixed ? t.OutputOf<C> : C extends StandardSchema ? TypesOf<C>['input'] : never;

type TypesOf<C extends StandardSchema> = NonNullable<C['~standard']['types']>;

/** The data that a shape describes, in the program. @category event */
export type DataOf<S> = S extends Codec
  ? TypeOf<S>
  : S extends FieldCodecs
    ? { -readonly [K in keyof S]: TypeOf<S[K]> }
    : null;

/** The data on the wire, before it becomes text. @category event */
export type EncodedOf<S> = S extends Codec
  ? OutputOf<S>
  : S extends FieldCodecs
    ? { -readonly [K in keyof S]: OutputOf<S[K]> }
    : null;

/**
 * The arguments of the constructor: the data, in which fields with a default are optional.
 *
 * The last step flattens the intersection into one object type, so that an editor shows fields and no formula.
 *
 * @category event
 */
export type InputOf<S> = S extends Codec
  ? [data: TypeOf<S>]
  : S extends FieldCodecs
    ? [data: Needed<S> & Optional<S> extends infer D ? { [K in keyof D]: D[K] } : never]
    : [];

type HasDefault = { readonly _tag: 'WithDefaultType' };

type Needed<S extends FieldCodecs> = { -readonly [K in keyof S as S[K] extends HasDefault ? never : K]: TypeOf<S[K]> };

type Optional<S extends FieldCodecs> = {
  -readonly [K in keyof S as S[K] extends HasDefault ? K : never]?: TypeOf<S[K]> | undefined;
};
