import { defer, Observable, retry, Subject, takeUntil, tap, timer } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { type Contract, isContract } from '../event/events.ts';
import { Backoff } from './Backoff.ts';
import { type Delivered, deliver, type Given } from './deliver.ts';
import type { DecodingOptions } from './FromSseOptions.ts';
import { ReconnectState } from './Memory.ts';

/** How one client connects. */
export interface Line {
  /** One connection: its messages. An error is a loss of it; it completes when there is nothing more. */
  readonly connect: Observable<Given>;
  /** Whether a loss is tried again. */
  readonly isPassing: (error: ConnectionError) => boolean;
  /** Connects when and as long as there is reason to. */
  readonly pace?: (messages: Observable<Given>) => Observable<Given>;
}

/** What is the same for all subscribers. */
export interface Following {
  /** The function that the user called, for what it says of mistakes. */
  readonly who: string;
  readonly contract: Contract;
  readonly options: DecodingOptions;
  readonly exact: boolean;
  /** What a new subscriber goes on from, and its longest silence. */
  readonly begin: () => { readonly lastEventId: string; readonly silence?: number | undefined };
  readonly lineOf: (memory: ReconnectState) => Line;
}

/**
 * The stream of a client, over as many connections as it takes.
 *
 * @throws TypeError at once, for what is no contract; RangeError for an option of `retry` out of range.
 */
export function reconnecting({ who, contract, options, exact, begin, lineOf }: Following): Observable<Delivered> {
  if (!isContract(contract)) throw new TypeError(`${who}: expected a contract`);
  const { statusObserver, cursorObserver, backoff: retryOptions = {} } = options;
  const backoffOf = () => new Backoff(who, retryOptions, exact);
  // Checks the options now.
  backoffOf();

  const stream = new Observable<Delivered>((subscriber) => {
    const { lastEventId, silence } = begin();
    const backoff = backoffOf();
    const memory = new ReconnectState(backoff, lastEventId, silence, cursorObserver);
    const { connect, isPassing, pace = (messages) => messages } = lineOf(memory);

    const again = (error: unknown): Observable<unknown> => {
      const next = error instanceof ConnectionError && isPassing(error) ? backoff.after(error) : undefined;
      if (next === undefined) throw error;
      memory.failure = next.error;
      statusObserver?.next(next);
      return timer(next.delay);
    };
    const connections = defer(() => {
      statusObserver?.next({ state: 'connecting', attempt: backoff.attempt, lastEventId: memory.lastEventId });
      return connect;
    }).pipe(retry({ delay: again }));

    // Not by a subscription, which is not there yet while the first messages come.
    const left = new Subject<void>();
    subscriber.add(() => left.next());
    pace(connections)
      .pipe(takeUntil(left))
      .subscribe({
        next: (given) => deliver(subscriber, contract, options, given, () => memory.settle()),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
  });
  return stream.pipe(
    tap({
      complete: () => statusObserver?.next({ state: 'ended', why: 'completed' }),
      error: (error: unknown) => statusObserver?.next({ state: 'ended', why: 'failed', error }),
      unsubscribe: () => statusObserver?.next({ state: 'ended', why: 'left' }),
    }),
  );
}
