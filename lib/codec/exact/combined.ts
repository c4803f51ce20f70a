import type * as t from 'io-ts';
import type { CompileContext } from './CompileContext.ts';
import { choice } from './choice.ts';
import type { Branch, ExactCodec } from './ExactCodec.ts';
import { indistinct } from './indistinct.ts';
import * as names from './names.ts';
import { overlap } from './overlap.ts';
import { recursive } from './recursive.ts';
import { refined } from './refined.ts';

/** Compiles a union; throws where two of its branches cannot be distinguished. */
export function exactUnion({ name, types }: t.UnionType<t.Mixed[]>, at: string, context: CompileContext): ExactCodec {
  const parts = types.map((type) => context.compile(type, at));
  context.checks.push(() => {
    for (const [index, part] of parts.entries()) {
      const others = parts.slice(index + 1).flatMap((other) => other.branches());
      for (const a of part.branches()) for (const b of others) throwIf(at, indistinct(a, b));
    }
  });
  return choice(names.ofUnion(name, parts), () => parts.flatMap((part) => part.branches()), names.joinExpected(parts));
}

function throwIf(at: string, reason: string | undefined): void {
  if (reason !== undefined) throw new TypeError(`${at}: in this union ${reason}`);
}

/** Compiles an intersection into one codec that matches every part. */
export function exactIntersection(
  { name, types }: t.IntersectionType<t.Mixed[]>,
  at: string,
  context: CompileContext,
): ExactCodec {
  const parts = types.map((type) => context.compile(type, at));
  const codec = both(names.ofIntersection(name, parts), parts, at, context);
  context.checks.push(() => {
    if (codec.branches().length === 0) throw new TypeError(`${at}: nothing can be ${codec.name}`);
  });
  return codec;
}

function both(name: string, parts: readonly ExactCodec[], at: string, context: CompileContext): ExactCodec {
  const merge = (a: ExactCodec, b: ExactCodec, key: string): ExactCodec =>
    a === b ? a : both(names.joinNames([a, b], ' & '), [a, b], `${at}.${key}`, context);

  const codec = choice(name, () => {
    const [first, ...others] = parts.map((part) => part.branches());
    return others.reduce<readonly Branch[]>(
      (merged, branches) => merged.flatMap((a) => branches.flatMap((b) => overlap({ name, at, merge }, a, b) ?? [])),
      first ?? [],
    );
  });
  context.checks.push(() => void codec.branches());
  return codec;
}

/** Compiles a refinement or a brand. */
export function exactRefinement({ name, predicate }: t.RefinementType<t.Mixed>, inner: ExactCodec): ExactCodec {
  return refined(names.ofRefinement(name, predicate.name, inner), inner, predicate);
}

/** Compiles a recursive codec, once however often it refers to itself. */
export function exactRecursion(recursion: t.RecursiveType<t.Mixed>, at: string, context: CompileContext): ExactCodec {
  const met = context.recursions.get(recursion);
  if (met !== undefined) return met;
  let inner: ExactCodec | undefined;
  const codec = recursive(recursion.name, () => inner?.branches() ?? []);
  context.recursions.set(recursion, codec);
  inner = context.compile(recursion.type, at);
  return codec;
}
