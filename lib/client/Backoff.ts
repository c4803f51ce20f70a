import { asyncScheduler } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { type BackoffOptions, backoffBound, checkBackoff, fullJitter } from '../time/backoff.ts';
import { clock, randomFraction } from '../time/clock.ts';
import type { ConnectionStatus } from './ConnectionStatus.ts';

/** How long a client waits before it connects again, and when it gives up. @category client */
export interface ReconnectOptions extends Omit<BackoffOptions, 'onFailure'> {
  /**
   * The longest wait after a first failure where the server sent none, in milliseconds; it doubles with each failure in a
   * row. Each wait is a random time up to that bound (full jitter). A wait that the server sent, by `retry:` or
   * `Retry-After`, is the minimum, and the random time is added to it; after a first failure the random time is at most as
   * long as the wait that the server sent. Above 0.
   *
   * @default 1000
   */
  readonly initialDelay?: number;
  /** The longest random time, in milliseconds. At least `initialDelay`, at most 2147483647. @default 30000 */
  readonly maxDelay?: number;
  /**
   * Failures in a row that are followed by another request; 0 never reconnects. A connection that delivered an event or
   * moved the position ends the row.
   *
   * @default Infinity
   */
  readonly maxAttempts?: number;
  /**
   * A connection that was open for this long, in milliseconds, was stable: its loss counts as a first failure, as that of
   * a connection that delivered an event or moved the position does. With 0
   * every connection that opened was stable, with `Infinity` none.
   *
   * @default 5000
   */
  readonly resetAfter?: number;
  /**
   * The longest time from the first failure in a row to the next request, in milliseconds. The client gives up instead
   * of starting a wait that would exceed it.
   *
   * @default Infinity
   */
  readonly maxElapsed?: number;
}

/** The wait of an EventSource before the server sends `retry:`; browsers use 3 to 5 s. */
const eventSourceDelay = 3000;

/**
 * Decides whether and when a client connects again.
 *
 * A wait that the server sent is the minimum; jitter is added to it.
 */
export class Backoff {
  readonly #options: Required<ReconnectOptions>;
  readonly #isStrict: boolean;
  /** The wait that the server sent by `retry:`; it stays in force over all later connections. */
  serverDelay: number | undefined;
  /** Whether the connection has delivered an event or moved the position. */
  hasProgressed = false;
  #failures = 0;
  #openedAt: number | undefined;
  #failingSince: number | undefined;

  /** @throws TypeError for an option of a wrong type, RangeError for one out of range. */
  constructor(caller: string, options: ReconnectOptions, isStrict: boolean) {
    const { initialDelay = 1000, maxDelay = 30_000, resetAfter = 5000 } = options;
    const { maxAttempts = Infinity, maxElapsed = Infinity } = options;
    this.#options = { initialDelay, maxDelay, resetAfter, maxAttempts, maxElapsed };
    this.#isStrict = isStrict;
    checkBackoff(`${caller}: backoff.`, this.#options);
    checkNumber(`${caller}: backoff.maxElapsed`, maxElapsed, { min: 0, unit: 'ms' });
  }

  /** The number of failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Records that a connection opened. */
  opened(): void {
    this.#openedAt = clock.now();
  }

  /** Records a failure and returns the status of the wait after it; `undefined` when a limit is reached. */
  failed(error: ConnectionError): Extract<ConnectionStatus, { readonly state: 'retrying' }> | undefined {
    const { resetAfter, maxAttempts, maxElapsed } = this.#options;
    const now = clock.now();
    if (this.hasProgressed || (this.#openedAt !== undefined && now - this.#openedAt >= resetAfter)) {
      this.#failures = 0;
      this.#failingSince = undefined;
    }
    this.hasProgressed = false;
    this.#openedAt = undefined;
    this.#failingSince ??= now;
    const delay = Math.min(this.#delay(error), maxTimerDelay);
    if (this.#failures >= maxAttempts || now - this.#failingSince + delay > maxElapsed) return undefined;
    return {
      state: 'retrying',
      error,
      attempt: ++this.#failures,
      delay,
      at: new Date(asyncScheduler.now() + delay),
    };
  }

  #delay({ retryAfter }: ConnectionError): number {
    if (this.#isStrict) return this.serverDelay ?? eventSourceDelay;
    const { initialDelay, maxDelay } = this.#options;
    const bound = backoffBound(this.#failures, initialDelay, maxDelay);
    const requested = retryAfter ?? this.serverDelay;
    if (requested === undefined) return fullJitter(bound);
    // A server that sends a wait of 1 ms gets its readers back at once; if it then cannot be reached, the jitter grows.
    return Math.ceil(requested + randomFraction() * (this.#failures === 0 ? Math.min(requested, bound) : bound));
  }
}
