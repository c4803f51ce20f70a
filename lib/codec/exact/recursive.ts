import * as t from 'io-ts';
import { choice } from './choice.ts';
import type { Member, Side } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';

/** Deeper data is refused: a cycle would never end, and a hostile sender could exhaust the stack. */
const deepest = 200;

/**
 * A recursive codec, which its own fields refer to. Everything goes through its
 * members, so that is where the depth is counted.
 */
export function recursive(name: string, members: () => readonly Member[]): ExactCodec {
  const shallower = choice(`${name} of at most ${deepest} levels`, () => []);
  let depth = 0;

  function deeper<T>(go: () => T, tooDeep: () => T): T {
    if (depth >= deepest) return tooDeep();
    depth++;
    try {
      return go();
    } finally {
      depth--;
    }
  }

  function bounded(member: Member): Member {
    const { codec: within } = member;
    const codec = new ExactCodec(within.name, {
      is: (value) =>
        deeper(
          () => within.is(value),
          () => false,
        ),
      walk: (value: unknown, context: t.Context, side: Side) =>
        deeper(
          () => within.walk(value, context, side),
          () => t.failure(value, expecting(shallower, context)),
        ),
      encode: within.encode,
      verbatim: within.verbatim,
      members: within.members,
    });
    return { ...member, codec };
  }

  return choice(name, () => members().map(bounded));
}

/** The same place, where another codec was expected. */
function expecting(type: ExactCodec, context: t.Context): t.Context {
  return context.map((entry, index) => (index === context.length - 1 ? { ...entry, type } : entry));
}
