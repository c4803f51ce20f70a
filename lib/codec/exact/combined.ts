import type * as t from 'io-ts';
import { choice } from './choice.ts';
import { indistinct } from './distinct.ts';
import type { ExactCodec, Member } from './ExactCodec.ts';
import type { Job } from './Job.ts';
import * as names from './names.ts';
import { overlap } from './overlap.ts';
import { recursive } from './recursive.ts';
import { refined } from './refined.ts';

/** A union, refused where two of its members cannot be told apart. */
export function exactUnion({ name, types }: t.UnionType<t.Mixed[]>, at: string, job: Job): ExactCodec {
  const parts = types.map((type) => job.walk(type, at));
  job.checks.push(() => {
    for (const [index, part] of parts.entries()) {
      const others = parts.slice(index + 1).flatMap((other) => other.members());
      for (const a of part.members()) for (const b of others) refuse(at, indistinct(a, b));
    }
  });
  return choice(names.ofUnion(name, parts), () => parts.flatMap((part) => part.members()));
}

function refuse(at: string, reason: string | undefined): void {
  if (reason !== undefined) throw new TypeError(`${at}: in this union ${reason}`);
}

/** An intersection: what fits each part, taken together into one. */
export function exactIntersection({ name, types }: t.IntersectionType<t.Mixed[]>, at: string, job: Job): ExactCodec {
  const parts = types.map((type) => job.walk(type, at));
  const codec = both(names.ofIntersection(name, parts), parts, at, job);
  job.checks.push(() => {
    if (codec.members().length === 0) throw new TypeError(`${at}: nothing can be ${codec.name}`);
  });
  return codec;
}

function both(name: string, parts: readonly ExactCodec[], at: string, job: Job): ExactCodec {
  const merge = (a: ExactCodec, b: ExactCodec, key: string): ExactCodec =>
    a === b ? a : both(names.each([a, b], ' & '), [a, b], `${at}.${key}`, job);

  const codec = choice(name, () => {
    const [first, ...others] = parts.map((part) => part.members());
    return others.reduce<readonly Member[]>(
      (sofar, members) => sofar.flatMap((a) => members.flatMap((b) => overlap({ name, at, merge }, a, b) ?? [])),
      first ?? [],
    );
  });
  job.checks.push(() => void codec.members());
  return codec;
}

/** A refinement or a brand. */
export function exactRefinement({ name, predicate }: t.RefinementType<t.Mixed>, inner: ExactCodec): ExactCodec {
  return refined(names.ofRefinement(name, predicate.name, inner), inner, predicate);
}

/** A recursive codec, which is walked once however often it refers to itself. */
export function exactRecursion(recursion: t.RecursiveType<t.Mixed>, at: string, job: Job): ExactCodec {
  const met = job.recursions.get(recursion);
  if (met !== undefined) return met;
  let inner: ExactCodec | undefined;
  const codec = recursive(recursion.name, () => inner?.members() ?? []);
  job.recursions.set(recursion, codec);
  inner = job.walk(recursion.type, at);
  return codec;
}
