import type * as t from 'io-ts';
import type { ExactCodec } from './ExactCodec.ts';

/** The state of compiling one codec. */
export interface CompileContext {
  /** Compiles a part. `at` is its path, for errors. */
  compile(codec: t.Mixed, at: string): ExactCodec;
  /** The recursive parts so far, so that a part may refer to itself. */
  readonly recursions: Map<t.Mixed, ExactCodec>;
  /** Run when everything is compiled: before that, a recursive part does not know its branches. */
  readonly checks: (() => void)[];
}
