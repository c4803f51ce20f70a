import type * as t from 'io-ts';
import type { CompileContext } from './CompileContext.ts';
import { compileCodec } from './compileCodec.ts';
import type { ExactCodec } from './ExactCodec.ts';
import { explained } from './explained.ts';

/** More checks than this result only from a codec that unfolds without end. */
const maxChecks = 10_000;

/**
 * Compiles a codec to an exact one: a field that the codec does not name is neither sent nor accepted, at any depth.
 *
 * @param at names the codec in errors
 *
 * @throws TypeError for a codec that JSON cannot carry, for a union whose members
 * cannot be told apart, and for a default below the top of a record.
 */
export function exact(codec: t.Mixed, at: string): ExactCodec {
  const context: CompileContext = {
    compile: (part, path) => explained(compileCodec(part, path, context), part, context),
    recursions: new Map(),
    checks: [],
  };
  const compiled = context.compile(codec, at);
  // A check may add more: the fields that an intersection merges are checked too.
  for (let done = 0; done < context.checks.length; done++) {
    if (done >= maxChecks) throw new TypeError(`${at}: the intersection of recursive codecs unfolds without end`);
    context.checks[done]?.();
  }
  return compiled;
}
