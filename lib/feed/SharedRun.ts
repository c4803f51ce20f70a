import {
  asyncScheduler,
  catchError,
  EMPTY,
  noop,
  Observable,
  type Subscriber,
  type Subscription,
  tap,
  throwError,
} from 'rxjs';
import type { FencedError } from '../error/FencedError.ts';
import { isLogEnded } from '../error/isLogEnded.ts';
import { hasTag } from '../error/RxsseError.ts';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import type { Appended, EventLog, LogEnd } from '../log/EventLog.ts';
import { endOfLog } from './endOfLog.ts';
import { otherLog, runLease } from './RunLogs.ts';
import type { ClaimableLog } from './whileClaimed.ts';

interface SharedRunOptions {
  readonly log: ClaimableLog;
  readonly stream: Observable<unknown>;
  /** Called for an event that could not be stored when the stream has ended already. */
  readonly onError: (error: unknown) => void;
  /** Called when the stream has been unsubscribed from, or has ended. */
  readonly onStop: () => void;
  /** Called when this process has nothing more to store. */
  readonly onOver: () => void;
}

const stopped = 'the server of the stream shut down before the stream was complete; its readers can start it again';
const interrupted =
  'the process of the stream did not answer, or could not reach its storage, for longer than its claim lasts; the stream has ended, and its readers can start it again';

/**
 * A run whose log other processes read, in the process that has created it.
 *
 * Its stream is subscribed to once. Where the process has lost its claim meanwhile, subscribing again would, for example,
 * call a model twice, so the run fails instead. It also fails when an event cannot be stored, since its readers could not
 * tell that one is missing.
 */
export class SharedRun {
  /** The log and the source of its core. */
  readonly log: EventLog;
  readonly source: Observable<unknown>;
  readonly #options: SharedRunOptions;
  #subscriber: Subscriber<unknown> | undefined;
  /** How the stream has ended; what a further subscription gets. */
  #end: Observable<never> = throwError(() => new StreamFailedError(interrupted));
  #state: 'idle' | 'running' | 'ending' | 'over' = 'idle';
  /** How the log has to end where this process ends it; `undefined` while the stream runs. */
  #how: LogEnd | undefined;
  #isStored = false;
  readonly #whenOver: (() => void)[] = [];
  /** Waits for the end of a run that is shut down. */
  #stopping: Subscription | undefined;

  constructor(options: SharedRunOptions) {
    this.#options = options;
    const { log } = options;
    this.log = {
      shared: true,
      append: (events, how) => log.append(events, how).pipe(catchError((error) => this.#onUnstored(error))),
      read: (after, maxBytes) => log.read(after, maxBytes),
      wakes: log.wakes,
      end: (how, fence) => log.end(this.#how ?? how, fence).pipe(tap({ complete: () => this.#setOver() })),
      // It errors where the log has ended: the end that this process stored itself may have been refused before.
      claim: (holder, lease) =>
        log.claim(holder, lease).pipe(tap({ error: (error) => isLogEnded(error) && this.#setOver() })),
      close: () => log.close(),
    };
    this.source = new Observable((subscriber) => {
      if (this.#state === 'idle') this.#subscribe(subscriber);
      else subscriber.add(this.#end.subscribe(subscriber));
    });
  }

  /** True when this process has nothing more to store. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Stores the log, without an entry, so that other processes find it. Errors for the log of another run. */
  store(id: string): Observable<Appended> {
    return this.#options.log.append([]).pipe(
      tap(({ epoch }) => {
        if (!epoch.startsWith(id)) throw new TypeError(otherLog);
        this.#isStored = true;
      }),
      // A log of its own has no end before its start.
      catchError((error) => throwError(() => (isLogEnded(error) ? new TypeError(otherLog, { cause: error }) : error))),
    );
  }

  /** Calls back when this process has nothing more to store. */
  whenOver(callback: () => void): void {
    if (this.isOver) callback();
    else this.#whenOver.push(callback);
  }

  /** Ends the run as failed, in all processes, because the server shuts down; without an answer of the log, after the lease. */
  stop(): void {
    if (this.isOver) return;
    this.#stopping ??= asyncScheduler.schedule(() => this.#setOver(), runLease);
    this.#fail(new StreamFailedError(stopped));
  }

  #subscribe(subscriber: Subscriber<unknown>): void {
    const { stream, onStop } = this.#options;
    this.#state = 'running';
    this.#subscriber = subscriber;
    subscriber.add(() => {
      // The claim was lost, or the run removed.
      if (this.#state === 'running') this.#setOver();
      onStop();
    });
    subscriber.add(this.#watchEnd());
    const error = (thrown: unknown): void => this.#setEnd('failed', thrown);
    stream.pipe(tap({ complete: () => this.#setEnd('completed'), error })).subscribe(subscriber);
  }

  /** Completes when another process has ended the log, also where the stream emits nothing that would have to be stored. */
  #watchEnd(): Subscription {
    return endOfLog(this.#options.log).subscribe({ next: () => this.complete(), error: noop });
  }

  /** Ends the run as completed, because it was stopped, and unsubscribes from the stream at once. */
  complete(): void {
    this.#setEnd('completed');
    this.#subscriber?.complete();
  }

  /** Ends what is stored of a run that is removed before its end: it must not look as if its stream continued. */
  discard(): void {
    if (!this.#isStored) this.#setOver();
    else if (!this.isOver) this.log.end('failed').subscribe({ error: () => this.#setOver() });
  }

  /** Unsubscribes from the stream, and ends the run as failed. */
  #fail(error: unknown): void {
    this.#setEnd('failed', error);
    this.#subscriber?.error(error);
  }

  #onUnstored(error: unknown): Observable<never> {
    // The claim on the log decides what follows.
    if (hasTag<FencedError>(error, 'FencedError')) return throwError(() => error);
    // Another process has stopped it.
    if (isLogEnded(error)) {
      this.complete();
      return EMPTY;
    }
    this.#how = 'failed';
    if (this.#state === 'running') this.#fail(error);
    else this.#options.onError(error);
    return EMPTY;
  }

  #setEnd(how: LogEnd, error?: unknown): void {
    if (this.#state === 'ending' || this.#state === 'over') return;
    this.#state = 'ending';
    this.#how = how;
    this.#end = how === 'failed' ? throwError(() => error) : EMPTY;
  }

  #setOver(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#stopping?.unsubscribe();
    this.#options.onOver();
    for (const callback of this.#whenOver.splice(0)) callback();
  }
}
