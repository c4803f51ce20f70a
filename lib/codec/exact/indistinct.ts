import { shorten } from '../../data/shorten.ts';
import { tagsOf } from './choice.ts';
import type { Branch, JsonKind } from './ExactCodec.ts';

/**
 * Returns why two branches of a union cannot be distinguished on the wire, or `undefined` when they can: by the kind of
 * JSON, or for objects by a literal field. Primitives that are the same in the program and on the wire need not be
 * distinguished.
 */
export function indistinct(a: Branch, b: Branch): string | undefined {
  const shared = [...a.kinds].filter((kind) => b.kinds.has(kind));
  if (a.codec.isIdentity() && b.codec.isIdentity() && shared.every(isPrimitive)) return undefined;
  const [kind] = shared;
  if (kind === undefined) return undefined;
  if (differByLiteral(a, b)) return undefined;

  const both = `${shorten(a.codec.name, 60)} and ${shorten(b.codec.name, 60)} cannot be told apart`;
  const advice = "put each in an object with a literal field of its own, such as kind: t.literal('a')";
  const opaque = a.opaque ? a : b.opaque ? b : undefined;
  if (opaque)
    return `${both}: what the custom codec ${shorten(opaque.codec.name, 60)} encodes to is unknown; ${advice}`;
  if (kind === 'object')
    return `${both}: both are JSON objects; give each a literal field, such as kind: t.literal('a')`;
  return `${both}: both are ${article(kind)} in JSON; ${advice}`;
}

/** Returns true for kinds whose values contain nothing that could be stripped or changed. */
function isPrimitive(kind: JsonKind): boolean {
  return kind !== 'array' && kind !== 'object';
}

function differByLiteral(a: Branch, b: Branch): boolean {
  const others = tagsOf(b);
  for (const [key, literals] of tagsOf(a)) {
    const other = others.get(key);
    if (other !== undefined && [...literals].every((literal) => !other.has(literal))) return true;
  }
  return false;
}

function article(kind: JsonKind): string {
  return kind === 'array' ? 'arrays' : kind === 'absent' ? 'absent' : kind === 'null' ? 'null' : `${kind}s`;
}
