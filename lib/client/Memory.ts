import type { ConnectionError } from '../error/ConnectionError.ts';
import type { Backoff } from './Backoff.ts';
import type { Hearer } from './Hearer.ts';

/** What one subscriber keeps from one connection to the next. */
export class ReconnectState {
  readonly backoff: Backoff;
  readonly #cursor: Hearer<string> | undefined;
  /** What the next request says, and a parser moves. */
  lastEventId: string;
  /** Longest silence of the line, in ms. */
  silence: number;
  /** Why the last connection was lost. */
  failure: ConnectionError | undefined;
  readonly #isFixed: boolean;
  #told: string;

  constructor(backoff: Backoff, lastEventId: string, silence?: number, cursor?: Hearer<string>) {
    this.backoff = backoff;
    this.lastEventId = lastEventId;
    this.silence = silence ?? Infinity;
    this.#isFixed = silence !== undefined;
    this.#cursor = cursor;
    this.#told = lastEventId;
  }

  /** A server says how often it speaks at least. Only clearly longer silence tells of a line that is dead. */
  announce(ms: number): void {
    if (!this.#isFixed) this.silence = 2 * ms + 1000;
  }

  /** All up to the position was delivered. */
  settle(): void {
    if (this.#told === this.lastEventId) return;
    this.#told = this.lastEventId;
    this.#cursor?.next(this.#told);
  }
}
