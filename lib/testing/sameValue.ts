import { isDeepStrictEqual } from 'node:util';
import { definitionOf } from '../event/stamp.ts';

/**
 * Whether two events are the same by their definition: what it would send of
 * them is. `undefined` where that does not decide it, since neither was made by a
 * definition, or one of them is no such event.
 *
 * A value that a codec makes may keep what it is in private fields, which no
 * comparison sees, or beside it what it has once computed.
 */
export function sameEvent(a: unknown, b: unknown): boolean | undefined {
  const definition = definitionOf(a) ?? definitionOf(b);
  if (definition === undefined || !definition.is(a) || !definition.is(b)) return undefined;
  return isDeepStrictEqual(definition.codec.encode(a), definition.codec.encode(b));
}

/** Whether two values are the same to a test. */
export function sameValue(a: unknown, b: unknown): boolean {
  return sameEvent(a, b) ?? isDeepStrictEqual(a, b);
}
