import { defer, filter, map, merge, Observable, of, retry, Subject, takeUntil, tap, timer } from 'rxjs';
import { checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { LimitError } from '../error/LimitError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import { type Contract, definitionsIn, isContract } from '../event/events.ts';
import { reserved } from '../wire/reserved.ts';
import { canBeSent, maxIdBytes } from '../wire/utf8.ts';
import { Backoff } from './Backoff.ts';
import { type ClientEvent, decodeMessage, isFailedEnd, type ReceivedMessage } from './decodeMessage.ts';
import type { BadEventPolicy, ClientFetchOptions, DecodingOptions, Emitted } from './FromSseOptions.ts';
import { reconnectKinds } from './optionKinds.ts';
import { reconnectSignals } from './whileVisible.ts';

/** How a client connects for one subscriber: by fetch, or by an EventSource. */
export interface ClientTransport {
  /** Opens one connection and emits its messages. An error is its loss; it completes when the server has no more. */
  readonly connect: Observable<ReceivedMessage>;
  /** Returns true if another connection may follow the failure. */
  readonly isRetryable: (error: ConnectionError) => boolean;
  /** Returns true if the request may be repeated, although its server may have acted on it. */
  readonly isRepeatable: () => boolean;
  /** Restricts when connections are made: the result subscribes to the messages only while they are wanted. */
  readonly restrict?: (messages: Observable<ReceivedMessage>) => Observable<ReceivedMessage>;
}

/** The options that both clients share. */
type ReconnectingOptions = DecodingOptions<BadEventPolicy, boolean> &
  Pick<ClientFetchOptions, 'lastEventId' | 'idleTimeout' | 'strictEventSource'>;

/** Thrown by a notification of `reconnectOn`, in order to replace the connection. */
const replaced = {};

/** Holds what each connection of one subscriber hands on to the next one. */
export class ReconnectState {
  readonly backoff: Backoff;
  /** The position that the next request sends. */
  lastEventId: string;
  /** The longest time without a byte, in milliseconds. */
  idleTimeout: number;
  /** Why the last connection was lost. */
  failure: ConnectionError | undefined;
  /** Calls back when the reader wants more; `undefined` for a reader that takes everything as it comes. */
  waitForReader: ((resume: () => void) => void) | undefined;
  readonly #caller: string;
  readonly #options: ReconnectingOptions;
  #notifiedId: string;

  constructor(caller: string, backoff: Backoff, options: ReconnectingOptions) {
    const { lastEventId, idleTimeout = Infinity } = options;
    this.backoff = backoff;
    this.lastEventId = (typeof lastEventId === 'function' ? lastEventId() : lastEventId) ?? '';
    this.idleTimeout = idleTimeout;
    this.#caller = caller;
    this.#options = options;
    this.#notifiedId = this.lastEventId;
  }

  /** Derives the idle timeout from the interval at which the server promises to send, unless an option sets it. */
  setServerInterval(ms: number): void {
    if (this.#options.idleTimeout === undefined) this.idleTimeout = 2 * ms + 1000;
  }

  /** Moves the position, before what it covers is delivered. An id that no request can send back is reported instead. */
  moveTo(lastEventId: string): void {
    if (lastEventId === this.lastEventId) return;
    if (!canBeSent(lastEventId)) {
      const issue = `id: expected at most ${maxIdBytes} bytes without control characters, got another id`;
      return this.#report('ignored an id', new DecodeError(lastEventId, [issue]));
    }
    this.lastEventId = lastEventId;
    this.backoff.hasProgressed = true;
  }

  /** Reports an event that was skipped because it is too large. @throws DecodeError where invalid events are errors. */
  onOversized({ message }: LimitError): void {
    const error = new DecodeError(undefined, [message]);
    if (this.#options.invalidEvents === 'error') throw error;
    this.#report('skipped an event', error);
  }

  #report(what: string, error: DecodeError): void {
    const { onError } = this.#options;
    if (onError !== undefined) onError(error);
    else reportError(`${this.#caller}: ${what}`, error);
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
): Observable<Emitted<ClientEvent, boolean>> {
  if (!isContract(contract)) {
    throw new TypeError(`${caller}: contract must be made by events(...), got ${kindOf(contract)}`);
  }
  const { statusObserver, backoff: reconnectOptions = {}, strictEventSource = false, reconnectOn } = options;
  const { endMarker, withId } = options;
  checkOptions(`${caller}: backoff`, reconnectOptions, reconnectKinds);
  for (const policy of ['unknownEvents', 'invalidEvents'] as const) {
    checkOneOf(`${caller}: ${policy}`, options[policy] ?? 'drop', ['drop', 'error', 'raw']);
  }
  const createBackoff = () => new Backoff(caller, reconnectOptions, strictEventSource);
  // Checks the options before anything is subscribed to.
  createBackoff();

  const stream = new Observable<Emitted<ClientEvent, boolean>>((subscriber) => {
    const backoff = createBackoff();
    const state = new ReconnectState(caller, backoff, options);
    const { connect, isRetryable, isRepeatable, restrict = (messages) => messages } = createTransport(state);

    // Subscribed to once, and before there is a connection: a replayed value must not replace each new connection.
    const restarts = new Subject<unknown>();
    subscriber.add(
      (reconnectOn ?? reconnectSignals).subscribe({
        next: (value) => restarts.next(value),
        error: (error) => subscriber.error(error),
      }),
    );
    const replacement = restarts.pipe(
      filter(isRepeatable),
      map(() => {
        throw replaced;
      }),
    );
    const delay = (error: unknown): Observable<unknown> => {
      if (error === replaced) return of(undefined);
      const retrying =
        hasTag<ConnectionError>(error, 'ConnectionError') && isRetryable(error) ? backoff.failed(error) : undefined;
      if (retrying === undefined) throw error;
      state.failure = retrying.error;
      statusObserver?.next(retrying);
      return merge(timer(retrying.delay), restarts);
    };
    const connections = defer(() => {
      statusObserver?.next({ state: 'connecting', attempt: backoff.failures, lastEventId: state.lastEventId });
      return reconnectOn === undefined ? connect : connect.pipe(takeUntil(replacement));
    }).pipe(retry({ delay }));

    const definitions = definitionsIn(contract);
    /** Emits a message's event, if it has one, then its position, then the end of the stream, if it is one. */
    const deliver = (message: ReceivedMessage): void => {
      try {
        const isMarker = message.data === endMarker;
        const event = isMarker ? undefined : decodeMessage(contract, definitions, options, message, caller);
        if (event !== undefined) {
          backoff.hasProgressed = true;
          subscriber.next(withId ? { id: state.lastEventId, event } : event);
        }
        if (subscriber.closed) return;
        state.notifyCursor();
        if (!isMarker && message.event !== reserved.end) return;
        if (!isMarker && isFailedEnd(message.data)) throw new StreamFailedError();
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    };

    // A subscription would not do: it does not exist yet while the first messages are delivered synchronously.
    const unsubscribed = new Subject<void>();
    subscriber.add(() => unsubscribed.next());
    restrict(connections)
      .pipe(takeUntil(unsubscribed))
      .subscribe({
        next: (message) => deliver(message),
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
