import type * as t from 'io-ts';
import type { ExactCodec } from './ExactCodec.ts';

/** The making of one exact codec. */
export interface Job {
  /** Makes a part. `at` is its place, for errors. */
  walk(codec: t.Mixed, at: string): ExactCodec;
  /** The recursive parts met so far, so that a part may refer to itself. */
  readonly recursions: Map<t.Mixed, ExactCodec>;
  /** Done when all is walked: before, a recursive part does not know what it is. */
  readonly checks: (() => void)[];
}
