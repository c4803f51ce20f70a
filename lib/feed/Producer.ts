import { concat, defer, EMPTY, map, Observable, type Subscriber, Subscription, switchMap, takeWhile } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import type { FencedError } from '../error/FencedError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { cursorOf } from '../event/cursor.ts';
import { checkSize, type EncodedEvent, encodeLogged, type FrameRules } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { EventLog, FenceOptions, LogEnd } from '../log/EventLog.ts';
import { listen } from '../operator/listen.ts';
import { observableFrom, observableOf, type StreamInput } from '../operator/observableFrom.ts';
import { type Attempt, restartWithBackoff } from '../operator/restartWithBackoff.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';
import type { FeedSource } from './FeedSource.ts';
import { readLog, retryStorage, unlessEnded } from './readLog.ts';
import { type ClaimableLog, whileClaimed } from './whileClaimed.ts';

/** The options of a producer, with every default filled in. */
export interface ProducerOptions {
  readonly source: FeedSource<unknown>;
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  /** Appends to the log. */
  readonly append: EventLog['append'];
  readonly restart: boolean | BackoffOptions;
  readonly linger: number;
  readonly maxEventBytes: number;
  readonly onInvalidEvent: 'drop' | 'fail';
  readonly endsWith: ((event: unknown) => boolean) | undefined;
  /** Absent for a feed that is shared. */
  readonly rules?: FrameRules;
  /** The lease, in ms, under which the log is claimed while the source is subscribed; `undefined`: it is not claimed. */
  readonly lease?: number | undefined;
  readonly onError: (error: unknown) => void;
  /** Called when the source has completed, or was unsubscribed from. */
  readonly onStop?: () => void;
}

/** Appends what a source emits to a log, while there are readers and for `linger` afterwards. */
export class Producer {
  readonly #options: ProducerOptions;
  #subscription: Subscription | undefined;
  #lingering: Subscription | undefined;
  /** The event after which the feed ends, once the source has emitted it. */
  #last: EncodedEvent | undefined;
  /** The source has completed or failed, and the end of the log may not be stored yet. */
  #isEnding = false;
  /** Nothing is subscribed any more: the log has ended, or the producer is closed. */
  #isComplete = false;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /** @param isOpen true where the caller has read that the log has not ended; one in memory has no other process that ends it */
  start(isOpen = false): void {
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    if (this.#isComplete || this.#subscription !== undefined) return;
    const { log, lease, onError } = this.#options;
    const subscription = new Subscription();
    this.#subscription = subscription;
    const produced =
      lease !== undefined
        ? whileClaimed({ log: log as ClaimableLog, lease, onError }, (token) => this.#produce({ token }))
        : isOpen || log.inMemory
          ? this.#produce()
          : unlessEnded(log, onError, () => this.#produce());
    subscription.add(
      produced.subscribe({
        error: onError,
        complete: () => {
          this.#isComplete = true;
          this.#subscription = undefined;
          // The log has ended, or was closed, while the source waited for the claim.
          if (!this.#isEnding) this.#options.onStop?.();
        },
      }),
    );
  }

  /** True while the source is subscribed to, or waits for the claim on its log. */
  get isStarted(): boolean {
    return this.#subscription !== undefined && !this.#isEnding;
  }

  /** Called when the last reader has left. */
  leave(): void {
    const { linger } = this.#options;
    if (this.#isEnding || this.#subscription === undefined || linger === Infinity) return;
    if (linger === 0) return this.stop();
    // The wait of an earlier reader may still be running.
    this.#lingering?.unsubscribe();
    this.#lingering = scheduleIdle(() => this.stop(), Math.min(linger, maxTimerDelay));
  }

  /** Unsubscribes from the source; `start` subscribes again. */
  stop(): void {
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    try {
      subscription?.unsubscribe();
    } catch (error) {
      // A teardown of the source threw; the socket or timer that unsubscribed is not the cause.
      this.#options.onError(error);
    }
    this.#options.onStop?.();
  }

  /** Unsubscribes from the source, if it is subscribed to, and subscribes again. */
  restart(): true {
    if (this.#subscription === undefined || this.#isEnding) return true;
    this.stop();
    this.start(true);
    return true;
  }

  /** Unsubscribes from the source for good. */
  close(): void {
    this.#isComplete = true;
    this.stop();
  }

  /** Appends what the source emits, then ends the log, and completes when that is stored. */
  #produce(fence?: FenceOptions): Observable<never> {
    const { append, endsWith, onError } = this.#options;
    return new Observable<never>((subscriber) => {
      this.#last = undefined;
      const onAppendError = (error: unknown): void => {
        onError(error);
        if (hasTag<FencedError>(error, 'FencedError')) subscriber.error(error);
      };
      // A value that was dropped is `undefined`, as is the last event before there is one.
      const isBefore = (event: EncodedEvent | undefined): boolean => event === undefined || event !== this.#last;
      const attempts = this.#attempts();
      listen(endsWith === undefined ? attempts : attempts.pipe(takeWhile(isBefore, true)), subscriber, {
        next: (event) => {
          if (event === undefined || event === this.#last) return;
          append([event], fence).subscribe({ error: onAppendError });
        },
        error: (error) => {
          onError(error);
          this.#end('failed', fence, subscriber);
        },
        complete: () => this.#end('completed', fence, subscriber),
      });
    });
  }

  #attempts(): Observable<EncodedEvent | undefined> {
    const { restart, onError } = this.#options;
    const create = (attempt: Attempt): Observable<EncodedEvent | undefined> =>
      this.#sourceOf(attempt).pipe(map((value) => this.#encode(value)));
    if (restart === false) return restartWithBackoff(create, { maxAttempts: 0 });
    const backoff = restart === true ? {} : restart;
    const onFailure = (error: unknown, wait: number): void => {
      onError(error);
      backoff.onFailure?.(error, wait);
    };
    return restartWithBackoff(create, { ...backoff, onFailure });
  }

  #sourceOf({ attempt, signal }: Attempt): Observable<unknown> {
    const { source, log, onError } = this.#options;
    if (typeof source !== 'function') return observableOf('feed: source', source);
    return readLog(log, 0, 0, onError).pipe(
      map(({ epoch, tail }) => (tail === 0 ? undefined : cursorOf(epoch, tail))),
      switchMap((lastCursor) => observableFrom(source({ lastCursor, attempt, signal }) as StreamInput<unknown>)),
    );
  }

  /** Encodes an event; `undefined` for a bad one that is dropped, and for a value that has no position in a log. */
  #encode(value: unknown): EncodedEvent | undefined {
    const { contract, maxEventBytes, rules, onInvalidEvent, endsWith, onError } = this.#options;
    try {
      const encoded = encodeLogged(value, contract, rules);
      if (encoded === undefined) return undefined;
      checkSize(encoded, maxEventBytes);
      if (endsWith?.(value)) this.#last = encoded;
      return encoded;
    } catch (error) {
      if (onInvalidEvent === 'fail') throw error;
      onError(error);
      return undefined;
    }
  }

  #end(how: LogEnd, fence: FenceOptions | undefined, subscriber: Subscriber<never>): void {
    const { log, append, onError, onStop } = this.#options;
    this.#isEnding = true;
    subscriber.add(() => {
      this.#isEnding = false;
    });
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    onStop?.();
    // Repeated until it is stored, or the log is closed: readers would wait for more without end. The last event has to
    // be stored as well, since nothing that the source emits after it is.
    const stored = <T>(write: () => Observable<T>): Observable<T> => defer(write).pipe(retryStorage(onError, Infinity));
    const last = this.#last;
    const ended = stored(() => log.end(how, fence));
    const before = last === undefined ? EMPTY : stored(() => append([last], fence));
    subscriber.add(
      concat(before, ended).subscribe({
        error: (error) => {
          onError(error);
          if (hasTag<FencedError>(error, 'FencedError')) subscriber.error(error);
          else subscriber.complete();
        },
        complete: () => subscriber.complete(),
      }),
    );
  }
}
