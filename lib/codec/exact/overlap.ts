import { shorten } from '../../event/shorten.ts';
import type { ExactCodec, Field, Fields, Member } from './ExactCodec.ts';
import { verbatimLeaf } from './leaf.ts';
import { record } from './record.ts';

/** Makes the shape of what is both, at a key that both have. */
type Merge = (a: ExactCodec, b: ExactCodec, key: string) => ExactCodec;

export interface Overlap {
  readonly name: string;
  /** Its place, for errors. */
  readonly at: string;
  readonly merge: Merge;
}

/**
 * What fits both members, or `undefined` when nothing can.
 *
 * Objects become one record of all their fields. io-ts encodes with each member
 * and merges, so that what one strips another puts back.
 */
export function overlap({ name, at, merge }: Overlap, a: Member, b: Member): Member | undefined {
  if (isAnything(a)) return b;
  if (isAnything(b)) return a;
  if (a.fields !== undefined && b.fields !== undefined)
    return only(record(name, bothFields(a.fields, b.fields, merge)));

  const kinds = [...a.kinds].filter((kind) => b.kinds.has(kind));
  if (a.opaque || b.opaque || kinds.some((kind) => kind === 'array' || kind === 'object')) throw unable(at, a, b);
  if (kinds.length === 0) return undefined;
  if (!a.codec.verbatim() || !b.codec.verbatim()) throw unable(at, a, b);
  const is = (value: unknown): boolean => a.codec.is(value) && b.codec.is(value);
  const literals = [...(a.literals ?? b.literals ?? [])].filter(is);
  if (a.literals === undefined && b.literals === undefined) return only(verbatimLeaf(name, kinds, is));
  return literals.length === 0 ? undefined : only(verbatimLeaf(name, kinds, is, literals));
}

function isAnything({ codec, kinds, fields }: Member): boolean {
  return fields === undefined && kinds.has('object') && kinds.has('null') && codec.verbatim();
}

function only(codec: ExactCodec): Member | undefined {
  return codec.members()[0];
}

function bothFields(a: Fields, b: Fields, merge: Merge): Fields {
  const known = new Map<string, Field>();
  for (const key of new Set([...a.known.keys(), ...b.known.keys()])) {
    const codecs = [a.known.get(key)?.codec ?? restAt(a, key), b.known.get(key)?.codec ?? restAt(b, key)];
    const [one, other] = codecs.filter((codec) => codec !== undefined);
    if (one === undefined) continue;
    known.set(key, {
      codec: other === undefined ? one : merge(one, other, key),
      required: (a.known.get(key)?.required ?? false) || (b.known.get(key)?.required ?? false),
    });
  }
  return { known, rest: bothRests(a.rest, b.rest, merge), checks: [...a.checks, ...b.checks] };
}

function restAt({ rest }: Fields, key: string): ExactCodec | undefined {
  return rest?.domain.is(key) ? rest.codomain : undefined;
}

function bothRests(a: Fields['rest'], b: Fields['rest'], merge: Merge): Fields['rest'] {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return { domain: merge(a.domain, b.domain, '[key]'), codomain: merge(a.codomain, b.codomain, '[]') };
}

function unable(at: string, a: Member, b: Member): TypeError {
  const names = `${shorten(a.codec.name, 60)} & ${shorten(b.codec.name, 60)}`;
  return new TypeError(
    `${at}: ${names} cannot be made exact: write it as one codec, or as one record of the fields of both`,
  );
}
