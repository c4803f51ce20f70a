import { asyncScheduler, defer, Observable, type Subscriber, Subscription, take, throwError, timeout } from 'rxjs';
import type { ClosedError } from '../error/ClosedError.ts';
import type { FencedError } from '../error/FencedError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { StorageError } from '../error/StorageError.ts';
import { freshEpoch } from '../event/cursor.ts';
import type { ClaimState, EventLog } from '../log/EventLog.ts';
import { backoffBound, fullJitter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';

/** A log that can be claimed. */
export type ClaimableLog = Required<Pick<EventLog, 'claim'>> & EventLog;

interface ClaimingOptions {
  readonly log: ClaimableLog;
  /** How long a claim lasts without a renewal, in milliseconds. */
  readonly lease: number;
  /** Notified of each claim that fails. */
  readonly onError: (error: unknown) => void;
  /** The holder of a claim that this process has already. @default a random text */
  readonly holder?: string;
}

/** The longest wait before a failed claim is repeated for the first time, in ms; it doubles each time. */
const firstRetry = 100;

/** The shortest time between two claims of a waiting process, in ms: `wakes` emits for each append as well. */
const minWait = 1000;

/**
 * Subscribes to work while this process has the claim on a log, with the token of the claim: in one process at a time,
 * also when that is paused, as long as the work writes with the token.
 *
 * The claim is renewed after a third of its lease. Where that does not succeed, the work is unsubscribed from a tenth of
 * the lease before its end, by the clock of this process since the last request that succeeded. It is subscribed to
 * again when the claim is taken again. Work that errors with a `FencedError` has lost the claim.
 *
 * Emits what the work emits, and completes with it, or when the log is closed or has ended. Unsubscribing ends the work
 * and gives the claim up.
 */
export function whileClaimed<T>(options: ClaimingOptions, work: (token: number) => Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const claimant = new Claimant(options, work, subscriber);
    subscriber.add(() => claimant.stop());
    claimant.claim();
  });
}

class Claimant<T> {
  readonly #log: ClaimableLog;
  readonly #lease: number;
  readonly #onError: (error: unknown) => void;
  readonly #work: (token: number) => Observable<T>;
  readonly #subscriber: Subscriber<T>;
  readonly #holder: string;
  /** The claim may be held: it was requested, and not refused. */
  #mayHold = false;
  #token = 0;
  #running: Subscription | undefined;
  /** Ends the work before the claim expires. */
  #deadline: Subscription | undefined;
  #request: Subscription | undefined;
  #requestedAt = -Infinity;
  #failures = 0;
  /** The timer of the next request, and when it is due. */
  #next: Subscription | undefined;
  #nextAt = 0;
  #wakes: Subscription | undefined;
  /** The log has woken since the last request was made. */
  #isWoken = false;

  constructor(options: ClaimingOptions, work: (token: number) => Observable<T>, to: Subscriber<T>) {
    const { log, lease, onError, holder = freshEpoch() } = options;
    this.#log = log;
    this.#lease = lease;
    this.#onError = onError;
    this.#holder = holder;
    this.#work = work;
    this.#subscriber = to;
  }

  /** Takes or renews the claim. */
  claim(): void {
    this.#next?.unsubscribe();
    // Before the request, so that a claim that is given up after the answer was made wakes.
    if (this.#running === undefined) this.#listen();
    this.#mayHold = true;
    this.#isWoken = false;
    this.#requestedAt = clock.now();
    const request = new Subscription();
    this.#request = request;
    const late = () => throwError(() => new StorageError('claim the log', `no answer within ${this.#lease} ms`));
    const answer = defer(() => this.#log.claim(this.#holder, this.#lease)).pipe(
      take(1),
      timeout({ first: this.#lease, with: late }),
    );
    request.add(
      answer.subscribe({
        next: (state) => {
          this.#request = undefined;
          this.#answered(state);
        },
        error: (error) => {
          this.#request = undefined;
          this.#failed(error);
        },
      }),
    );
  }

  /** Ends the work and gives the claim up. */
  stop(): void {
    this.#stopWork();
    for (const each of [this.#next, this.#wakes, this.#request]) each?.unsubscribe();
    if (!this.#mayHold) return;
    defer(() => this.#log.claim(this.#holder, 0)).subscribe({
      error: (error) => isClosed(error) || this.#onError(error),
    });
  }

  #answered({ held, token, remaining }: ClaimState): void {
    this.#failures = 0;
    if (!held) {
      this.#mayHold = false;
      this.#stopWork();
      if (this.#subscriber.closed) return;
      this.#listen();
      this.#waitFor(remaining + fullJitter(this.#lease / 20));
      if (this.#isWoken) this.#woken();
      return;
    }
    const left = this.#requestedAt + 0.9 * this.#lease - clock.now();
    // With another token, another process had the claim in between.
    if (left <= 0 || token !== this.#token) this.#stopWork();
    if (this.#subscriber.closed) return;
    if (left <= 0) return this.claim();
    this.#token = token;
    this.#wakes?.unsubscribe();
    this.#wakes = undefined;
    this.#deadline?.unsubscribe();
    this.#deadline = scheduleIdle(() => this.#stopWork(), left);
    const third = this.#lease / 3;
    this.#next = scheduleIdle(() => this.claim(), third - fullJitter(third / 4));
    if (this.#running === undefined) this.#startWork(token);
  }

  #failed(error: unknown): void {
    if (isClosed(error)) {
      this.#mayHold = false;
      return this.#subscriber.complete();
    }
    this.#onError(error);
    this.#waitFor(fullJitter(backoffBound(this.#failures++, firstRetry, Math.max(firstRetry, this.#lease / 3))));
  }

  #startWork(token: number): void {
    const running = new Subscription();
    this.#running = running;
    running.add(
      this.#work(token).subscribe({
        next: (value) => this.#subscriber.next(value),
        error: (error) => {
          if (hasTag<FencedError>(error, 'FencedError')) this.#fenced();
          else this.#subscriber.error(error);
        },
        complete: () => this.#subscriber.complete(),
      }),
    );
  }

  #fenced(): void {
    this.#stopWork();
    // A renewal that is under way has the answer.
    if (this.#request === undefined && !this.#subscriber.closed) this.#waitFor(fullJitter(firstRetry));
  }

  /** Unsubscribes from the work, whose teardown may unsubscribe from the result in turn: `stop` is called then. */
  #stopWork(): void {
    this.#deadline?.unsubscribe();
    this.#deadline = undefined;
    const running = this.#running;
    this.#running = undefined;
    try {
      running?.unsubscribe();
    } catch (error) {
      // A teardown of the work threw; the timer or answer that ended it is not the cause.
      this.#onError(error);
    }
  }

  /** Watches for a claim that is given up, which wakes the log. */
  #listen(): void {
    if (this.#wakes !== undefined) return;
    // One that was given up before did not wake this process.
    this.#isWoken = true;
    // Where it errors or completes, the claim is requested when it can have expired.
    this.#wakes = this.#log.wakes.subscribe({ next: () => this.#woken(), error: () => {} });
  }

  #woken(): void {
    this.#isWoken = true;
    if (this.#request !== undefined) return;
    const soonest = Math.max(this.#requestedAt + Math.min(minWait, this.#lease / 10), clock.now());
    if (soonest < this.#nextAt) this.#waitFor(soonest - clock.now());
  }

  #waitFor(delay: number): void {
    this.#nextAt = clock.now() + delay;
    this.#next?.unsubscribe();
    this.#next = asyncScheduler.schedule(() => this.claim(), delay);
  }
}

function isClosed(error: unknown): boolean {
  return hasTag<ClosedError>(error, 'ClosedError');
}
