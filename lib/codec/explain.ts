import type * as t from 'io-ts';
import { kindOf } from '../data/kindOf.ts';
import { issuesOf, linesOf } from './describeFailure.ts';
import type { ExactCodec } from './exact/ExactCodec.ts';

/** Why a value that the program made is not of an exact codec, a line for each path. @internal */
export function explain(codec: t.Mixed, value: unknown, at: string): readonly string[] {
  const exact = codec as ExactCodec;
  const result = exact.validateAs(value, [{ key: '', type: exact, actual: value }], 'program');
  const lines = result._tag === 'Left' ? linesOf(issuesOf(result.left, at)) : [];
  // A custom codec need not be of one mind with itself.
  return lines.length > 0 ? lines : [`${at}: expected ${codec.name}, got ${kindOf(value)}`];
}
