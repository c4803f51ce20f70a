import type * as t from 'io-ts';

/** The shape of data: a record of io-ts props, which is the usual form, or one codec. @category event */
export type Shape = t.Props | t.Mixed;

/** The data that a shape describes, in the program. @category event */
export type DataOf<S> = S extends t.Mixed
  ? t.TypeOf<S>
  : S extends t.Props
    ? { -readonly [K in keyof S]: t.TypeOf<S[K]> }
    : null;

/** The data on the wire, before it becomes text. @category event */
export type EncodedOf<S> = S extends t.Mixed
  ? t.OutputOf<S>
  : S extends t.Props
    ? { -readonly [K in keyof S]: t.OutputOf<S[K]> }
    : null;

/**
 * The arguments of the constructor: the data, in which fields with a default are optional.
 *
 * The last step flattens the intersection into one object type, so that an editor shows fields and no formula.
 *
 * @category event
 */
export type InputOf<S> = S extends t.Mixed
  ? [data: t.TypeOf<S>]
  : S extends t.Props
    ? [data: Needed<S> & Optional<S> extends infer D ? { [K in keyof D]: D[K] } : never]
    : [];

type HasDefault = { readonly _tag: 'WithDefaultType' };

type Needed<S extends t.Props> = { -readonly [K in keyof S as S[K] extends HasDefault ? never : K]: t.TypeOf<S[K]> };

type Optional<S extends t.Props> = {
  -readonly [K in keyof S as S[K] extends HasDefault ? K : never]?: t.TypeOf<S[K]> | undefined;
};
