import { asyncScheduler } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { backoffBound, checkBackoff, fullJitter } from '../time/backoff.ts';
import { clock, randomFraction } from '../time/clock.ts';
import type { ConnectionStatus, ReconnectOptions } from './FromSseOptions.ts';

/** The wait of an EventSource before the server sends `retry:`; browsers use 3 to 5 s. */
const eventSourceDelay = 3000;

/**
 * Decides whether and when a client connects again.
 *
 * A wait that the server asks for is kept in full; jitter is added to it.
 */
export class Backoff {
  readonly #options: Required<ReconnectOptions>;
  readonly #isStrict: boolean;
  /** The wait that the server asked for by `retry:`; it stays in force over all later connections. */
  serverDelay: number | undefined;
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
    if (this.#openedAt !== undefined && now - this.#openedAt >= resetAfter) {
      this.#failures = 0;
      this.#failingSince = undefined;
    }
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
    // A server that asks for 1 ms gets its readers back at once; if it then cannot be reached, the jitter grows.
    return Math.ceil(requested + randomFraction() * (this.#failures === 0 ? Math.min(requested, bound) : bound));
  }
}
