import { asyncScheduler } from 'rxjs';
import { chance, clock } from '../clock.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { longestRetry } from '../wire/checkField.ts';
import type { RetryOptions } from './RetryOptions.ts';
import type { Retrying } from './Status.ts';

/** The wait of an EventSource that was asked for none; browsers have from 3 to 5 s. */
const exactWait = 3000;

/**
 * Decides whether a lost line is tried again, and when.
 *
 * The server's own wait comes first: it is kept in full, and chance adds to it.
 */
export class Backoff {
  readonly #options: Required<RetryOptions>;
  readonly #exact: boolean;
  /** The wait that the server asked for by `retry:`. In force, once said, over all connections. */
  asked: number | undefined;
  #attempt = 0;
  #openedAt: number | undefined;
  #lostAt: number | undefined;

  /** @throws RangeError for an option out of range. */
  constructor(who: string, options: RetryOptions, exact: boolean) {
    const { initial = 1000, max = 30_000, resetAfter = 5000, limit = Infinity, within = Infinity } = options;
    const fits = {
      initial: initial > 0,
      max: max >= initial && max <= longestRetry,
      resetAfter: resetAfter >= 0,
      limit: limit >= 0,
      within: within >= 0,
    };
    for (const [name, isSo] of Object.entries(fits)) {
      if (!isSo) throw new RangeError(`${who}: retry.${name} is out of range`);
    }
    this.#options = { initial, max, resetAfter, limit, within };
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
    const { resetAfter, limit, within } = this.#options;
    const now = clock.now();
    if (this.#openedAt !== undefined && now - this.#openedAt >= resetAfter) {
      this.#attempt = 0;
      this.#lostAt = undefined;
    }
    this.#openedAt = undefined;
    this.#lostAt ??= now;
    const wait = Math.min(
      this.#exact ? (this.asked ?? exactWait) : this.#wait(why.retryAfter ?? this.asked),
      longestRetry,
    );
    if (this.#attempt >= limit || now - this.#lostAt + wait > within) return undefined;
    const attempt = ++this.#attempt;
    return { state: 'retrying', why, attempt, wait, at: new Date(asyncScheduler.now() + wait) };
  }

  #wait(asked: number | undefined): number {
    const { initial, max } = this.#options;
    const bound = Math.min(max, initial * 2 ** this.#attempt);
    if (asked === undefined) return Math.ceil(chance() * bound);
    // A server that asks for 1 ms gets its readers back soon; one that then is not there is not asked again so soon.
    return Math.ceil(asked + chance() * (this.#attempt === 0 ? Math.min(asked, bound) : bound));
  }
}
