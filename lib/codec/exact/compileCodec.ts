import type * as t from 'io-ts';
import type { CompileContext } from './CompileContext.ts';
import { choice } from './choice.ts';
import { exactIntersection, exactRecursion, exactRefinement, exactUnion } from './combined.ts';
import type { ExactCodec, JsonKind } from './ExactCodec.ts';
import type { KnownCodec } from './KnownCodec.ts';
import { exactDictionary, exactProps, openRecord } from './keyed.ts';
import { identityLeaf, opaqueLeaf } from './leaf.ts';
import { list, listOfOneOrMany, tuple } from './list.ts';
import * as names from './names.ts';

/** Compiles one level of a codec; its parts are compiled through the context. */
export function compileCodec(codec: t.Mixed, at: string, context: CompileContext): ExactCodec {
  const known = codec as KnownCodec;
  switch (known._tag) {
    case 'ExactCodec':
      return known;
    case 'NullType':
      return identityLeaf(known.name, ['null'], known.is, [null]);
    case 'UndefinedType':
    case 'VoidType':
      return identityLeaf(known.name, ['absent'], known.is, [undefined]);
    case 'UnknownType':
    case 'AnyType':
      return identityLeaf(known.name, 'any', known.is);
    case 'NeverType':
      return choice(known.name, () => []);
    case 'StringType':
      return identityLeaf(known.name, ['string'], known.is);
    case 'BooleanType':
      return identityLeaf(known.name, ['boolean'], known.is);
    case 'NumberType':
      return identityLeaf(known.name, ['number'], Number.isFinite);
    case 'LiteralType':
      return identityLeaf(known.name, [literalKind(known.value)], known.is, [known.value]);
    case 'KeyofType':
      return identityLeaf(known.name, ['string'], known.is, Object.keys(known.keys));
    case 'AnyArrayType':
      return identityLeaf(known.name, ['array'], known.is);
    case 'AnyDictionaryType':
      return openRecord;
    case 'ObjectType':
      return identityLeaf(known.name, ['array', 'object'], known.is);
    case 'BigIntType':
    case 'FunctionType':
      throw new TypeError(`${at}: JSON cannot carry a ${known.name}; use a codec that encodes it, as text for example`);
    case 'WithDefaultType':
      throw new TypeError(`${at}: withDefault works only on a field of the record of props itself, not deeper`);
    case 'ArrayType':
    case 'ReadonlyArrayType': {
      const item = rejectAbsent(context.compile(known.type, `${at}[]`), `${at}[]`, context);
      return list(names.ofList(known.name, item), item);
    }
    case 'OneOrManyType': {
      const item = rejectAbsent(context.compile(known.type, at), at, context);
      context.checks.push(() => rejectLists(item, at));
      return listOfOneOrMany(known.name, item);
    }
    case 'TupleType': {
      const items = known.types.map((type, index) =>
        rejectAbsent(context.compile(type, `${at}[${index}]`), `${at}[${index}]`, context),
      );
      return tuple(names.ofTuple(known.name, items), items);
    }
    case 'ReadonlyType':
    case 'ExactType': {
      const inner = context.compile(known.type, at);
      const name = names.ofWrapper(known.name, inner);
      return name === inner.name ? inner : choice(name, () => inner.branches());
    }
    case 'InterfaceType':
    case 'StrictType':
      return exactProps(names.ofRecord(known.name), known.props, true, at, context);
    case 'PartialType':
      return exactProps(names.ofRecord(known.name), known.props, false, at, context);
    case 'DictionaryType':
      return exactDictionary(known, at, context);
    case 'UnionType':
      return exactUnion(known, at, context);
    case 'IntersectionType':
      return exactIntersection(known, at, context);
    case 'RefinementType':
      return exactRefinement(known, context.compile(known.type, at));
    case 'RecursiveType':
      return exactRecursion(known, at, context);
    default:
      return opaqueLeaf(codec);
  }
}

/** Rejects `undefined` as an item: JSON writes `null` for it, which is another value. */
function rejectAbsent(item: ExactCodec, at: string, context: CompileContext): ExactCodec {
  context.checks.push(() => {
    if (item.branches().some(({ kinds }) => kinds.has('absent'))) {
      throw new TypeError(`${at}: JSON has no undefined in an array; use t.null for an item without a value`);
    }
  });
  return item;
}

function rejectLists(item: ExactCodec, at: string): void {
  if (item.branches().some(({ kinds }) => kinds.has('array'))) {
    throw new TypeError(`${at}: oneOrMany cannot tell one ${item.name} from many; use t.array`);
  }
}

function literalKind(value: string | number | boolean): JsonKind {
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}
