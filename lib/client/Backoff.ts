import { asyncScheduler } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { backoffBound, checkBackoff, fullJitter } from '../time/backoff.ts';
import { clock, randomFraction } from '../time/clock.ts';
import type { ReconnectOptions } from './RetryOptions.ts';
import type { Retrying } from './Status.ts';

/** The wait of an EventSource that was asked for none; browsers have from 3 to 5 s. */
const exactWait = 3000;

/**
 * Decides whether a lost line is tried again, and when.
 *
 * The server's own wait comes first: it is kept in full, and chance adds to it.
 */
export class Backoff {
  readonly #options: Required<ReconnectOptions>;
  readonly #exact: boolean;
  /** The wait that the server asked for by `retry:`. In force, once said, over all connections. */
  asked: number | undefined;
  #attempt = 0;
  #openedAt: number | undefined;
  #lostAt: number | undefined;

  /** @throws RangeError for an option out of range. */
  constructor(who: string, options: ReconnectOptions, exact: boolean) {
    const {
      initialDelay = 1000,
      maxDelay = 30_000,
      resetAfter = 5000,
      maxAttempts = Infinity,
      maxElapsed = Infinity,
    } = options;
    checkBackoff(`${who}: backoff.`, { initialDelay, maxDelay, maxAttempts, resetAfter });
    checkNumber(`${who}: backoff.maxElapsed`, maxElapsed, { min: 0, unit: 'ms' });
    this.#options = { initialDelay, maxDelay, resetAfter, maxAttempts, maxElapsed };
    this.#exact = exact;
  }

  /** Failures in a row. */
  get attempt(): number {
    return this.#attempt;
  }

  opened(): void {
    this.#openedAt = clock.now();
  }

  /** What follows a failure; `undefined` when a limit is reached. */
  after(why: ConnectionError): Retrying | undefined {
    const { resetAfter, maxAttempts, maxElapsed } = this.#options;
    const now = clock.now();
    if (this.#openedAt !== undefined && now - this.#openedAt >= resetAfter) {
      this.#attempt = 0;
      this.#lostAt = undefined;
    }
    this.#openedAt = undefined;
    this.#lostAt ??= now;
    const wait = Math.min(
      this.#exact ? (this.asked ?? exactWait) : this.#wait(why.retryAfter ?? this.asked),
      maxTimerDelay,
    );
    if (this.#attempt >= maxAttempts || now - this.#lostAt + wait > maxElapsed) return undefined;
    const attempt = ++this.#attempt;
    return { state: 'retrying', error: why, attempt, delay: wait, at: new Date(asyncScheduler.now() + wait) };
  }

  #wait(asked: number | undefined): number {
    const { initialDelay, maxDelay } = this.#options;
    const bound = backoffBound(this.#attempt, initialDelay, maxDelay);
    if (asked === undefined) return fullJitter(bound);
    // A server that asks for 1 ms gets its readers back soon; one that then is not there is not asked again so soon.
    return Math.ceil(asked + randomFraction() * (this.#attempt === 0 ? Math.min(asked, bound) : bound));
  }
}
