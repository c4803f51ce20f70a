import * as t from 'io-ts';
import { choice } from './choice.ts';
import type { Branch, Form } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';

/** The deepest data that is accepted: a cycle would never end, and a hostile sender could exhaust the stack. */
const deepest = 200;

/** A recursive codec, to which its own fields refer. Every value passes through its branches, where depth is counted. */
export function recursive(name: string, branches: () => readonly Branch[]): ExactCodec {
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

  function bounded(branch: Branch): Branch {
    const { codec: within } = branch;
    const codec = new ExactCodec(within.name, {
      is: (value) =>
        deeper(
          () => within.is(value),
          () => false,
        ),
      validateAs: (value: unknown, context: t.Context, form: Form) =>
        deeper(
          () => within.validateAs(value, context, form),
          () => t.failure(value, expecting(shallower, context)),
        ),
      encode: within.encode,
      isIdentity: within.isIdentity,
      branches: within.branches,
    });
    return { ...branch, codec };
  }

  return choice(name, () => branches().map(bounded));
}

/** Returns the same context with another expected codec. */
function expecting(type: ExactCodec, context: t.Context): t.Context {
  return context.map((entry, index) => (index === context.length - 1 ? { ...entry, type } : entry));
}
