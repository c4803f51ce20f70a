import type { Gap } from '../event/Gap.ts';
import type { Overflow, QueueOptions } from './Backlog.ts';
import type { ErrorOutcome } from './Route.ts';

/** The response of one session, as its writer uses it. */
export interface StreamResponse {
  readonly overflow: Overflow<unknown>;
  readonly queue: Required<QueueOptions>;
  /** Opens the response with these frames. Returns false, and does nothing, while its preamble is not known. */
  open(frames: string): boolean;
  /** Answers an error before the first byte. */
  refuse(error: unknown): void;
  handleError(error: unknown): ErrorOutcome;
  /** Reports that the value of an outcome cannot be sent. */
  reportOutcome(error: unknown): void;
  /** Events were dropped, and the reader gets this gap for them. */
  onOverflow(events: number, gap: Gap['data'] | undefined): void;
  /** Runs the work at the end of a burst. */
  later(work: () => void): void;
}
