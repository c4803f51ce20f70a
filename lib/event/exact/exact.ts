import type * as t from 'io-ts';
import type { ExactCodec } from '../../codec/exact/ExactCodec.ts';
import type { Job } from '../../codec/exact/Job.ts';
import { walk } from '../../codec/exact/walk.ts';

/** More checks than this come only of a codec that unfolds without end. */
const mostChecks = 10_000;

/**
 * The same codec, exact at every level: what is not in it is neither sent nor
 * kept. `at` names the codec in errors.
 *
 * @throws TypeError for a codec that JSON cannot carry, for a union whose members
 * cannot be told apart, and for a default below the top of a record.
 */
export function exact(codec: t.Mixed, at: string): ExactCodec {
  const job: Job = { walk: (part, place) => walk(part, place, job), recursions: new Map(), checks: [] };
  const made = job.walk(codec, at);
  // A check may add more: the fields that an intersection merges are checked too.
  for (let done = 0; done < job.checks.length; done++) {
    if (done >= mostChecks) throw new TypeError(`${at}: the intersection of recursive codecs unfolds without end`);
    job.checks[done]?.();
  }
  return made;
}
