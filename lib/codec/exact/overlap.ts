import { shorten } from '../../data/shorten.ts';
import type { Branch, ExactCodec, Field, Fields } from './ExactCodec.ts';
import { identityLeaf } from './leaf.ts';
import { record } from './record.ts';

/** Combines two codecs of the same key. */
type MergeCodecs = (a: ExactCodec, b: ExactCodec, key: string) => ExactCodec;

interface Overlap {
  readonly name: string;
  /** Its path, for errors. */
  readonly at: string;
  readonly merge: MergeCodecs;
}

/**
 * Returns the branch that matches both branches of an intersection, or `undefined` when no value can.
 *
 * Objects become one record of all their fields. io-ts itself encodes with each part and merges the results, so that a
 * field that one part strips is restored by another.
 */
export function overlap({ name, at, merge }: Overlap, a: Branch, b: Branch): Branch | undefined {
  if (acceptsAnything(a)) return b;
  if (acceptsAnything(b)) return a;
  if (a.fields !== undefined && b.fields !== undefined)
    return only(record(name, bothFields(a.fields, b.fields, merge)));

  const kinds = [...a.kinds].filter((kind) => b.kinds.has(kind));
  if (a.opaque || b.opaque || kinds.some((kind) => kind === 'array' || kind === 'object')) throw notExact(at, a, b);
  if (kinds.length === 0) return undefined;
  if (!a.codec.isIdentity() || !b.codec.isIdentity()) throw notExact(at, a, b);
  const is = (value: unknown): boolean => a.codec.is(value) && b.codec.is(value);
  const literals = [...(a.literals ?? b.literals ?? [])].filter(is);
  if (a.literals === undefined && b.literals === undefined) {
    const codec = identityLeaf(name, kinds, is);
    return { codec, kinds: new Set(kinds), checked: true };
  }
  return literals.length === 0 ? undefined : only(identityLeaf(name, kinds, is, literals));
}

function acceptsAnything({ codec, kinds, fields }: Branch): boolean {
  return fields === undefined && kinds.has('object') && kinds.has('null') && codec.isIdentity();
}

function only(codec: ExactCodec): Branch | undefined {
  return codec.branches()[0];
}

function bothFields(a: Fields, b: Fields, merge: MergeCodecs): Fields {
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

function bothRests(a: Fields['rest'], b: Fields['rest'], merge: MergeCodecs): Fields['rest'] {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return { domain: merge(a.domain, b.domain, '[key]'), codomain: merge(a.codomain, b.codomain, '[]') };
}

function notExact(at: string, a: Branch, b: Branch): TypeError {
  const names = `${shorten(a.codec.name, 60)} & ${shorten(b.codec.name, 60)}`;
  return new TypeError(
    `${at}: ${names} cannot be made exact: write it as one codec, or as one record of the fields of both`,
  );
}
