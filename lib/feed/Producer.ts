import { asyncScheduler, type Observable, Subscription, switchMap } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { cursorOf } from '../event/Cursor.ts';
import { encodeLogged } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { checkSize } from '../log/checkSize.ts';
import type { EventLog, LogEnd, LogState } from '../log/EventLog.ts';
import { type Attempt, restartWithBackoff } from '../operator/restartWithBackoff.ts';
import type { BackoffOptions } from '../time/backoff.ts';

/** What a source that is made anew knows. @category feed */
export interface SourceContext {
  /** The cursor of the newest entry, after which the source goes on; `undefined` when there is none. */
  readonly lastCursor: string | undefined;
  /** 0 for the first attempt, then the restarts in a row: 1 again after one that was stable. */
  readonly attempt: number;
  /** Aborted when the source is left. */
  readonly signal: AbortSignal;
}

/** Where the events of a feed come from. @category feed */
export type FeedSource<T> = Observable<T> | ((context: SourceContext) => Observable<T>);

export interface ProducerOptions {
  readonly source: FeedSource<unknown>;
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  readonly restart: boolean | BackoffOptions;
  readonly linger: number;
  /** Of one event's data. */
  readonly maxEventBytes: number;
  readonly onError: (error: unknown) => void;
  /** The source is over, or was left before its end. */
  readonly onStop?: () => void;
}

/** Appends what a source emits to a log, for as long as somebody reads, and `grace` beyond. */
export class Producer {
  readonly #options: ProducerOptions;
  #running: Subscription | undefined;
  #leaving: Subscription | undefined;
  #over = false;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /** The source has come to its end. */
  get isOver(): boolean {
    return this.#over;
  }

  start(): void {
    this.#leaving?.unsubscribe();
    this.#leaving = undefined;
    if (this.#over || this.#running !== undefined) return;
    const running = new Subscription();
    this.#running = running;
    running.add(
      this.#attempts().subscribe({
        next: (value) => this.#append(value),
        error: (error) => {
          this.#options.onError(error);
          this.#end('failed');
        },
        complete: () => this.#end('completed'),
      }),
    );
  }

  /** The last reader has left. */
  leave(): void {
    const { linger } = this.#options;
    if (this.#over || this.#running === undefined || linger === Infinity) return;
    if (linger === 0) return this.stop();
    // One that came and left without starting anything had the wait of the one before it still running.
    this.#leaving?.unsubscribe();
    this.#leaving = asyncScheduler.schedule(() => this.stop(), Math.min(linger, maxTimerDelay));
  }

  stop(): void {
    this.#leaving?.unsubscribe();
    this.#leaving = undefined;
    const running = this.#running;
    this.#running = undefined;
    try {
      running?.unsubscribe();
    } catch (error) {
      // A teardown of the source's own: whoever left it, a socket or a timer, is not to blame.
      this.#options.onError(error);
    }
    this.#options.onStop?.();
  }

  /** Nothing will be added any more: the source is left for good. */
  close(): void {
    this.#over = true;
    this.stop();
  }

  #attempts(): Observable<unknown> {
    const { source, log, restart, onError } = this.#options;
    const make = ({ attempt, signal }: Attempt): Observable<unknown> =>
      typeof source !== 'function'
        ? source
        : log.read(0, 0).pipe(switchMap((state) => source({ lastCursor: newest(state), attempt, signal })));
    if (restart === false) return restartWithBackoff(make, { maxAttempts: 0 });
    const backoff = restart === true ? {} : restart;
    const onFailure = (error: unknown, wait: number): void => {
      onError(error);
      backoff.onFailure?.(error, wait);
    };
    return restartWithBackoff(make, { ...backoff, onFailure });
  }

  /** A bad event is reported and dropped: it is no reason to end the stream of all the others. */
  #append(value: unknown): void {
    const { contract, log, maxEventBytes, onError } = this.#options;
    try {
      const draft = encodeLogged(value, contract);
      if (draft === undefined) return;
      checkSize(draft, maxEventBytes);
      log.append([draft]).subscribe({ error: onError });
    } catch (error) {
      onError(error);
    }
  }

  #end(how: LogEnd): void {
    this.#over = true;
    this.#running = undefined;
    this.#options.onStop?.();
    this.#options.log.end(how).subscribe({ error: this.#options.onError });
  }
}

function newest({ epoch, tail }: LogState): string | undefined {
  return tail === 0 ? undefined : cursorOf(epoch, tail);
}
