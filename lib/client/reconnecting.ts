import { defer, Observable, retry, Subject, type Subscriber, takeUntil, tap, timer } from 'rxjs';
import { checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import { type Contract, isContract } from '../event/events.ts';
import { reserved } from '../wire/reserved.ts';
import { Backoff } from './Backoff.ts';
import { type ClientEvent, decodeMessage, isFailedEnd, type ReceivedMessage } from './decodeMessage.ts';
import type { DecodingOptions, FromSseOptions } from './FromSseOptions.ts';
import { reconnectKinds } from './optionKinds.ts';

/** How a client connects for one subscriber: by fetch, or by an EventSource. */
export interface ClientTransport {
  /** Opens one connection and emits its messages. An error is its loss; it completes when the server has no more. */
  readonly connect: Observable<ReceivedMessage>;
  /** Returns true if another connection may follow the failure. */
  readonly isRetryable: (error: ConnectionError) => boolean;
  /** Restricts when connections are made: the result subscribes to the messages only while they are wanted. */
  readonly restrict?: (messages: Observable<ReceivedMessage>) => Observable<ReceivedMessage>;
}

/** The options that both clients share. */
type ReconnectingOptions = DecodingOptions & Pick<FromSseOptions, 'lastEventId' | 'idleTimeout' | 'strictEventSource'>;

/** Holds what each connection of one subscriber hands on to the next one. */
export class ReconnectState {
  readonly backoff: Backoff;
  /** The position that the next request sends. */
  lastEventId: string;
  /** The longest time without a byte, in milliseconds. */
  idleTimeout: number;
  /** Why the last connection was lost. */
  failure: ConnectionError | undefined;
  readonly #options: ReconnectingOptions;
  #notifiedId: string;

  constructor(backoff: Backoff, options: ReconnectingOptions) {
    const { lastEventId, idleTimeout = Infinity } = options;
    this.backoff = backoff;
    this.lastEventId = (typeof lastEventId === 'function' ? lastEventId() : lastEventId) ?? '';
    this.idleTimeout = idleTimeout;
    this.#options = options;
    this.#notifiedId = this.lastEventId;
  }

  /** Derives the idle timeout from the interval at which the server promises to send, unless an option sets it. */
  setServerInterval(ms: number): void {
    if (this.#options.idleTimeout === undefined) this.idleTimeout = 2 * ms + 1000;
  }

  /** Sends the position to the observer if it has moved; everything before it was delivered. */
  notifyCursor(): void {
    if (this.#notifiedId === this.lastEventId) return;
    this.#notifiedId = this.lastEventId;
    this.#options.cursorObserver?.next(this.#notifiedId);
  }
}

/**
 * Returns the events of a contract over as many connections as it takes.
 *
 * @param caller the public function, for messages
 * @throws TypeError for a value that is not a contract, RangeError for a `backoff` option out of range.
 */
export function reconnecting(
  caller: string,
  contract: Contract,
  options: ReconnectingOptions,
  createTransport: (state: ReconnectState) => ClientTransport,
): Observable<ClientEvent> {
  if (!isContract(contract)) {
    throw new TypeError(`${caller}: contract must be made by events(...), got ${kindOf(contract)}`);
  }
  const { statusObserver, backoff: reconnectOptions = {}, strictEventSource = false } = options;
  checkOptions(`${caller}: backoff`, reconnectOptions, reconnectKinds);
  for (const policy of ['unknownEvents', 'invalidEvents'] as const) {
    checkOneOf(`${caller}: ${policy}`, options[policy] ?? 'drop', ['drop', 'error', 'raw']);
  }
  const createBackoff = () => new Backoff(caller, reconnectOptions, strictEventSource);
  // Checks the options before anything is subscribed to.
  createBackoff();

  const stream = new Observable<ClientEvent>((subscriber) => {
    const backoff = createBackoff();
    const state = new ReconnectState(backoff, options);
    const { connect, isRetryable, restrict = (messages) => messages } = createTransport(state);

    const delay = (error: unknown): Observable<unknown> => {
      const retrying =
        hasTag<ConnectionError>(error, 'ConnectionError') && isRetryable(error) ? backoff.failed(error) : undefined;
      if (retrying === undefined) throw error;
      state.failure = retrying.error;
      statusObserver?.next(retrying);
      return timer(retrying.delay);
    };
    const connections = defer(() => {
      statusObserver?.next({ state: 'connecting', attempt: backoff.failures, lastEventId: state.lastEventId });
      return connect;
    }).pipe(retry({ delay }));

    // A subscription would not do: it does not exist yet while the first messages are delivered synchronously.
    const unsubscribed = new Subject<void>();
    subscriber.add(() => unsubscribed.next());
    restrict(connections)
      .pipe(takeUntil(unsubscribed))
      .subscribe({
        next: (message) => deliver(subscriber, contract, options, message, state),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
  });
  return stream.pipe(
    tap({
      complete: () => statusObserver?.next({ state: 'ended', reason: 'completed' }),
      error: (error: unknown) => statusObserver?.next({ state: 'ended', reason: 'failed', error }),
      unsubscribe: () => statusObserver?.next({ state: 'ended', reason: 'unsubscribed' }),
    }),
  );
}

/** Emits a message's event, if it has one, then its position, then the end of the stream, if it is one. */
function deliver(
  subscriber: Subscriber<ClientEvent>,
  contract: Contract,
  options: DecodingOptions,
  message: ReceivedMessage,
  state: ReconnectState,
): void {
  try {
    const event = decodeMessage(contract, options, message);
    if (event !== undefined) subscriber.next(event);
    if (subscriber.closed) return;
    state.notifyCursor();
    if (message.event !== reserved.end) return;
    if (isFailedEnd(message.data)) throw new StreamFailedError();
    subscriber.complete();
  } catch (error) {
    subscriber.error(error);
  }
}
