import type * as t from 'io-ts';
import type { ExactCodec } from './ExactCodec.ts';

/** The codecs of io-ts that are looked into. By tag, since two copies of io-ts may be installed. */
export type KnownCodec =
  | t.NullType
  | t.UndefinedType
  | t.VoidType
  | t.UnknownType
  | t.AnyType
  | t.NeverType
  | t.StringType
  | t.NumberType
  | t.BooleanType
  | t.BigIntType
  | t.FunctionType
  | t.AnyArrayType
  | t.AnyDictionaryType
  | t.ObjectType
  | t.LiteralType<string | number | boolean>
  | t.KeyofType<Record<string, unknown>>
  | t.ArrayType<t.Mixed>
  | t.ReadonlyArrayType<t.Mixed>
  | t.TupleType<t.Mixed[]>
  | t.ReadonlyType<t.Mixed>
  | t.ExactType<t.Mixed>
  | t.InterfaceType<t.Props>
  | t.StrictType<t.Props>
  | t.PartialType<t.Props>
  | t.DictionaryType<t.Mixed, t.Mixed>
  | t.UnionType<t.Mixed[]>
  | t.IntersectionType<t.Mixed[]>
  | t.RefinementType<t.Mixed>
  | t.RecursiveType<t.Mixed>
  | WithDefaultTag
  | OneOrManyTag
  | ExactCodec;

interface WithDefaultTag extends t.Mixed {
  readonly _tag: 'WithDefaultType';
}

interface OneOrManyTag extends t.Mixed {
  readonly _tag: 'OneOrManyType';
  readonly type: t.Mixed;
}
