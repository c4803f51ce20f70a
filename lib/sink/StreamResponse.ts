import type { Gap } from '../event/Gap.ts';
import type { Overflow, QueueOptions } from './Backlog.ts';
import type { ErrorOutcome } from './Route.ts';

/** The response of one session, as its writer uses it. */
export interface StreamResponse {
  readonly overflow: Overflow<unknown>;
  readonly queue: Required<QueueOptions>;
  /** True for an iterable, whose values come a microtask apart. */
  readonly isPulled: boolean;
  /** Opens the response with these frames. Returns false, and takes none, while its preamble is not known. */
  open(takeFrames: () => string): boolean;
  /** Answers an error before the first byte. */
  refuse(error: unknown): void;
  handleError(error: unknown): ErrorOutcome;
  /** Reports that the value of an outcome cannot be sent. */
  reportOutcome(error: unknown): void;
  /** Events were dropped, and the reader gets this gap for them. */
  onOverflow(events: number, gap: Gap['data'] | undefined): void;
}
