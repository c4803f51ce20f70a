import { isDeepStrictEqual } from 'node:util';
import { definitionOf } from '../event/stamp.ts';

/**
 * Returns whether two events are equal by their definition: whether it would send the same. `undefined` where that does
 * not decide it, since neither was made by a definition, or one of them is not such an event.
 *
 * A value of a codec may hold its state in private fields, which no comparison sees.
 */
export function sameEvent(a: unknown, b: unknown): boolean | undefined {
  const definition = definitionOf(a) ?? definitionOf(b);
  if (definition === undefined || !definition.is(a) || !definition.is(b)) return undefined;
  return isDeepStrictEqual(definition.codec.encode(a), definition.codec.encode(b));
}

/** Returns whether two values are equal in a test. */
export function sameValue(a: unknown, b: unknown): boolean {
  return sameEvent(a, b) ?? isDeepStrictEqual(a, b);
}
