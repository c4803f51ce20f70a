import type * as t from 'io-ts';
import { kindOf } from '../data/kindOf.ts';
import { issuesOf, linesOf } from './describeFailure.ts';
import type { ExactCodec } from './exact/ExactCodec.ts';

/** Returns why a value of the program does not match an exact codec, one line for each path. @internal */
export function explain(codec: t.Mixed, value: unknown, at: string): readonly string[] {
  const exact = codec as ExactCodec;
  const result = exact.validateAs(value, [{ key: '', type: exact, actual: value }], 'program');
  const lines = result._tag === 'Left' ? linesOf(issuesOf(result.left, at)) : [];
  // The `is` and `validate` of a custom codec may disagree.
  return lines.length > 0 ? lines : [`${at}: expected ${codec.name}, got ${kindOf(value)}`];
}
