import { defer, map, type Observable, Subscription, switchMap } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { cursorOf } from '../event/cursor.ts';
import { checkSize, type EncodedEvent, encodeLogged, type FrameRules } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { EventLog, LogEnd, LogState } from '../log/EventLog.ts';
import { type Attempt, restartWithBackoff } from '../operator/restartWithBackoff.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';
import { readLog, retryStorage } from './readLog.ts';

/** The argument of a function that creates the source of a feed for each attempt. @category feed */
export interface SourceContext {
  /** The cursor of the newest entry, after which the source continues; `undefined` when there is none. */
  readonly lastCursor: string | undefined;
  /** 0 for the first attempt, then the restarts in a row: 1 again after a stable attempt. */
  readonly attempt: number;
  /** Aborted when the source is unsubscribed from. */
  readonly signal: AbortSignal;
}

/** Where the events of a feed come from. @category feed */
export type FeedSource<T> = Observable<T> | ((context: SourceContext) => Observable<T>);

interface ProducerOptions {
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
  readonly rules?: FrameRules;
  readonly onError: (error: unknown) => void;
  /** Called when the source has completed, or was unsubscribed from. */
  readonly onStop?: () => void;
}

/** Appends what a source emits to a log, while there are readers and for `linger` afterwards. */
export class Producer {
  readonly #options: ProducerOptions;
  #subscription: Subscription | undefined;
  #lingering: Subscription | undefined;
  #isComplete = false;
  /** The event after which the feed ends, once the source has emitted it. */
  #last: EncodedEvent | undefined;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    if (this.#isComplete || this.#subscription !== undefined) return;
    const subscription = new Subscription();
    this.#subscription = subscription;
    subscription.add(
      this.#attempts().subscribe({
        next: (encoded) => {
          if (encoded !== undefined) this.#append(encoded);
        },
        error: (error) => {
          this.#options.onError(error);
          this.#end('failed');
        },
        complete: () => this.#end('completed'),
      }),
    );
  }

  /** Called when the last reader has left. */
  leave(): void {
    const { linger } = this.#options;
    if (this.#isComplete || this.#subscription === undefined || linger === Infinity) return;
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

  /** Unsubscribes from the source for good. */
  close(): void {
    this.#isComplete = true;
    this.stop();
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
    if (typeof source !== 'function') return source;
    return readLog(log, 0, 0, onError).pipe(
      switchMap((state) => source({ lastCursor: tailCursor(state), attempt, signal })),
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

  #append(event: EncodedEvent): void {
    const { append, onError } = this.#options;
    if (event !== this.#last) {
      append([event]).subscribe({ error: onError });
      return;
    }
    // Nothing that the source emits after the last event is appended, so the last event has to be stored.
    this.close();
    defer(() => append([event]))
      .pipe(retryStorage(onError, Infinity))
      .subscribe({ next: () => this.#end('completed'), error: onError });
  }

  #end(how: LogEnd): void {
    this.#isComplete = true;
    this.#subscription = undefined;
    this.#options.onStop?.();
    const { log, onError } = this.#options;
    // Repeated until it is stored, or the log is closed: readers would wait for more without end.
    defer(() => log.end(how))
      .pipe(retryStorage(onError, Infinity))
      .subscribe({ error: onError });
  }
}

function tailCursor({ epoch, tail }: LogState): string | undefined {
  return tail === 0 ? undefined : cursorOf(epoch, tail);
}
