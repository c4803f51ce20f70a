import type * as t from 'io-ts';
import type { Known } from '../../event/exact/Known.ts';
import { choice } from './choice.ts';
import { exactIntersection, exactRecursion, exactRefinement, exactUnion } from './combined.ts';
import type { ExactCodec, JsonKind } from './ExactCodec.ts';
import type { Job } from './Job.ts';
import { exactDictionary, exactProps, openRecord } from './keyed.ts';
import { opaqueLeaf, verbatimLeaf } from './leaf.ts';
import { list, listOfOneOrMany, tuple } from './list.ts';
import * as names from './names.ts';

/** Makes one level of a codec exact and hands its parts back to the job. */
export function walk(codec: t.Mixed, at: string, job: Job): ExactCodec {
  const known = codec as Known;
  switch (known._tag) {
    case 'ExactCodec':
      return known;
    case 'NullType':
      return verbatimLeaf(known.name, ['null'], known.is, [null]);
    case 'UndefinedType':
    case 'VoidType':
      return verbatimLeaf(known.name, ['absent'], known.is, [undefined]);
    case 'UnknownType':
    case 'AnyType':
      return verbatimLeaf(known.name, 'any', known.is);
    case 'NeverType':
      return choice(known.name, () => []);
    case 'StringType':
      return verbatimLeaf(known.name, ['string'], known.is);
    case 'BooleanType':
      return verbatimLeaf(known.name, ['boolean'], known.is);
    case 'NumberType':
      return verbatimLeaf(known.name, ['number'], Number.isFinite);
    case 'LiteralType':
      return verbatimLeaf(known.name, [literalKind(known.value)], known.is, [known.value]);
    case 'KeyofType':
      return verbatimLeaf(known.name, ['string'], known.is, Object.keys(known.keys));
    case 'AnyArrayType':
      return verbatimLeaf(known.name, ['array'], known.is);
    case 'AnyDictionaryType':
      return openRecord;
    case 'ObjectType':
      return verbatimLeaf(known.name, ['array', 'object'], known.is);
    case 'BigIntType':
    case 'FunctionType':
      throw new TypeError(`${at}: JSON cannot carry a ${known.name}; use a codec that encodes it, as text say`);
    case 'WithDefaultType':
      throw new TypeError(`${at}: withDefault works only on a field of the record of props itself, not deeper`);
    case 'ArrayType':
    case 'ReadonlyArrayType': {
      const item = present(job.walk(known.type, `${at}[]`), `${at}[]`, job);
      return list(names.ofList(known.name, item), item);
    }
    case 'OneOrManyType': {
      const item = present(job.walk(known.type, at), at, job);
      job.checks.push(() => refuseLists(item, at));
      return listOfOneOrMany(known.name, item);
    }
    case 'TupleType': {
      const items = known.types.map((type, index) =>
        present(job.walk(type, `${at}[${index}]`), `${at}[${index}]`, job),
      );
      return tuple(names.ofTuple(known.name, items), items);
    }
    case 'ReadonlyType':
    case 'ExactType': {
      const inner = job.walk(known.type, at);
      const name = names.ofWrapper(known.name, inner);
      return name === inner.name ? inner : choice(name, () => inner.members());
    }
    case 'InterfaceType':
    case 'StrictType':
      return exactProps(names.ofRecord(known.name), known.props, true, at, job);
    case 'PartialType':
      return exactProps(names.ofRecord(known.name), known.props, false, at, job);
    case 'DictionaryType':
      return exactDictionary(known, at, job);
    case 'UnionType':
      return exactUnion(known, at, job);
    case 'IntersectionType':
      return exactIntersection(known, at, job);
    case 'RefinementType':
      return exactRefinement(known, job.walk(known.type, at));
    case 'RecursiveType':
      return exactRecursion(known, at, job);
    default:
      return opaqueLeaf(codec);
  }
}

/** JSON writes null for what is undefined in an array, and null is something else. */
function present(item: ExactCodec, at: string, job: Job): ExactCodec {
  job.checks.push(() => {
    if (item.members().some(({ kinds }) => kinds.has('absent'))) {
      throw new TypeError(`${at}: JSON has no undefined in an array; use t.null for what is not there`);
    }
  });
  return item;
}

function refuseLists(item: ExactCodec, at: string): void {
  if (item.members().some(({ kinds }) => kinds.has('array'))) {
    throw new TypeError(`${at}: oneOrMany cannot tell one ${item.name} from many; use t.array`);
  }
}

function literalKind(value: string | number | boolean): JsonKind {
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}
