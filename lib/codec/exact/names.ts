import type * as t from 'io-ts';
import type { ExactCodec } from './ExactCodec.ts';

/*
 * The names of codecs in failures. io-ts names a codec without a name by spelling out its whole structure; these
 * functions shorten such a name. A name chosen by the user stays.
 */

export function ofRecord(name: string): string {
  return /^(Partial<)?\{/.test(name) ? 'object' : name;
}

export function ofList(name: string, item: t.Mixed): string {
  return /^(Readonly)?Array</.test(name) ? `Array<${item.name}>` : name;
}

export function ofTuple(name: string, items: readonly t.Mixed[]): string {
  return name.startsWith('[') ? `[${items.map((item) => item.name).join(', ')}]` : name;
}

export function ofWrapper(name: string, inner: t.Mixed): string {
  return /^(Exact<|Readonly<|(Partial<)?\{)/.test(name) ? inner.name : name;
}

export function ofUnion(name: string, parts: readonly t.Mixed[]): string {
  return name.startsWith('(') ? joinNames(parts, ' | ') : name;
}

export function ofIntersection(name: string, parts: readonly t.Mixed[]): string {
  return name.startsWith('(') ? joinNames(parts, ' & ') : name;
}

export function ofRefinement(name: string, predicate: string, inner: t.Mixed): string {
  if (!name.startsWith('(')) return name;
  return predicate === '' ? inner.name : `${inner.name} (${predicate})`;
}

/** Joins what the parts of a union expect in the words of a sender, each once. */
export function joinExpected(parts: readonly ExactCodec[]): string {
  return [...new Set(parts.map(({ expected }) => expected))].join(' or ');
}

/** Joins the names of the parts, each once. */
export function joinNames(parts: readonly t.Mixed[], separator: string): string {
  return [...new Set(parts.map(({ name }) => name))].join(separator);
}
