import { asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { LimitError } from '../error/LimitError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import { type Contract, definitionsIn } from '../event/events.ts';
import { SourceSubscriber } from '../operator/SourceSubscriber.ts';
import { reserved } from '../wire/reserved.ts';
import { canBeSent, maxIdBytes } from '../wire/utf8.ts';
import type { Backoff } from './Backoff.ts';
import type { ClientTransport } from './ClientTransport.ts';
import type { ConnectionStatus } from './ConnectionStatus.ts';
import { type ClientEvent, decodeMessage, isFailedEnd, type ReceivedMessage } from './decodeMessage.ts';
import type { ClientFetchOptions, Emitted } from './FromSseOptions.ts';
import { reconnectSignals } from './reconnectSignals.ts';

/**
 * The client of one subscriber, and what each of its connections passes to the next one. It has one connection, or waits
 * for the next, or has neither while the page is hidden.
 */
export class Reconnector {
  readonly subscriber: Subscriber<Emitted<ClientEvent, boolean>>;
  readonly backoff: Backoff;
  /** The position that the next request sends. */
  lastEventId = '';
  /** The URL of the last request, for messages. */
  url = '';
  /** The longest time without a byte, in milliseconds. */
  idleTimeout: number;
  /** Why the last connection was lost. */
  failure: ConnectionError | undefined;
  /** Calls back when the reader wants more; `undefined` for a reader that takes everything as it comes. */
  waitForReader: ((resume: () => void) => void) | undefined;
  /** Called for each event that was skipped because it is too large, with the reason. */
  onSkipped: ((reason: string) => void) | undefined;
  readonly #caller: string;
  readonly #contract: Contract;
  readonly #definitions: ReturnType<typeof definitionsIn>;
  readonly #options: ClientFetchOptions;
  #transport: ClientTransport | undefined;
  #connection: Subscription | undefined;
  #wait: Subscription | undefined;
  #notifiedId = '';
  #isEnded = false;

  constructor(
    subscriber: Subscriber<Emitted<ClientEvent, boolean>>,
    backoff: Backoff,
    caller: string,
    contract: Contract,
    options: ClientFetchOptions,
  ) {
    this.subscriber = subscriber;
    this.backoff = backoff;
    this.idleTimeout = options.idleTimeout ?? Infinity;
    this.#caller = caller;
    this.#contract = contract;
    this.#definitions = definitionsIn(contract);
    this.#options = options;
  }

  start(createTransport: (client: Reconnector) => ClientTransport): void {
    const { lastEventId, reconnectOn } = this.#options;
    this.moveTo((typeof lastEventId === 'function' ? lastEventId() : lastEventId) ?? '');
    this.#notifiedId = this.lastEventId;
    this.#transport = createTransport(this);
    this.subscriber.add(() => this.end({ state: 'ended', reason: 'unsubscribed' }));
    // Subscribed to once, and before there is a connection: a replayed value must not replace each new connection.
    const next = (): void => this.restart(reconnectOn !== undefined);
    this.subscriber.add((reconnectOn ?? reconnectSignals).subscribe({ next, error: (e: unknown) => this.fail(e) }));
    if (!this.subscriber.closed) this.#transport.start(this);
  }

  /** Opens a connection in place of the one, or of the wait, that there is. */
  connect(): void {
    this.disconnect();
    this.guard(() => {
      this.connecting();
      if (this.subscriber.closed) return;
      const connection = new MessageSubscriber(this);
      this.#connection = connection;
      this.#transport?.connect.subscribe(connection);
    });
  }

  /** Notifies that a request is made. */
  connecting(): void {
    const { backoff, lastEventId } = this;
    this.#options.statusObserver?.next({ state: 'connecting', attempt: backoff.failures, lastEventId });
  }

  /** Connects at once where the client waits, and in place of a connection whose request may be repeated if that is wanted. */
  restart(isReplaced: boolean): void {
    const isOpen = this.#connection?.closed === false;
    if (this.#wait !== undefined || (isReplaced && isOpen && this.#transport?.isRepeatable())) this.connect();
  }

  /** Closes the connection, or ends the wait, that there is. */
  disconnect(): void {
    this.#connection?.unsubscribe();
    this.#wait?.unsubscribe();
    this.#wait = undefined;
  }

  /** Moves the position, before what it covers is delivered. An id that no request can send back is reported instead. */
  moveTo(lastEventId: string): void {
    if (lastEventId === this.lastEventId) return;
    if (!canBeSent(lastEventId)) {
      const issue = `id: expected at most ${maxIdBytes} bytes without control characters, got another id`;
      return this.#report('ignored an id', 'onError', new DecodeError(lastEventId, [issue]));
    }
    this.lastEventId = lastEventId;
    this.backoff.hasProgressed = true;
  }

  /** Reports an event that was skipped because it is too large. @throws DecodeError where invalid events are errors. */
  onOversized({ message }: Pick<LimitError, 'message'>): void {
    this.onSkipped?.(message);
    const error = new DecodeError(undefined, [message]);
    if (this.#options.invalidEvents === 'error') throw error;
    this.#report('skipped an event', 'maxEventBytes', error);
  }

  /** Emits a message's event, if it has one, then its position, then the end of the stream, if it is one. */
  deliver(message: ReceivedMessage): void {
    this.guard(() => {
      const isMarker = message.data === this.#options.endMarker;
      const event = isMarker
        ? undefined
        : decodeMessage(this.#contract, this.#definitions, this.#options, message, this.#report);
      if (event !== undefined) {
        this.backoff.hasProgressed = true;
        this.subscriber.next(this.#options.withId ? { id: this.lastEventId, event } : event);
      }
      if (this.subscriber.closed) return;
      this.notifyCursor();
      if (!isMarker && message.event !== reserved.end) return;
      if (!isMarker && isFailedEnd(message.data)) throw new StreamFailedError();
      this.end({ state: 'ended', reason: 'completed' });
    });
  }

  /** Sends the position to the observer if it has moved; everything before it was delivered. */
  notifyCursor(): void {
    if (this.#notifiedId === this.lastEventId) return;
    this.#notifiedId = this.lastEventId;
    this.#options.cursorObserver?.next(this.#notifiedId);
  }

  /** Waits for the next connection after the loss of one, or errors when none follows. */
  lost(error: unknown): void {
    this.guard(() => {
      const isRetryable = hasTag<ConnectionError>(error, 'ConnectionError') && this.#transport?.isRetryable(error);
      const retrying = isRetryable ? this.backoff.failed(error) : undefined;
      if (retrying === undefined) throw error;
      this.failure = retrying.error;
      this.#options.statusObserver?.next(retrying);
      if (this.subscriber.closed) return;
      this.#wait = asyncScheduler.schedule(() => this.connect(), retrying.delay);
      this.subscriber.add(this.#wait);
    });
  }

  /** Ends the stream, once, after the observer of the status was notified. */
  end(status: Extract<ConnectionStatus, { readonly state: 'ended' }>): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    try {
      this.#options.statusObserver?.next(status);
    } catch (error) {
      if (this.subscriber.closed) throw error;
      return this.subscriber.error(error);
    }
    if (status.reason === 'completed') this.subscriber.complete();
    else if (status.reason === 'failed') this.subscriber.error(status.error);
  }

  fail(error: unknown): void {
    this.end({ state: 'ended', reason: 'failed', error });
  }

  /** Runs work that calls functions of the program; what they throw ends the stream. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  readonly #report = (what: string, option: string, error: DecodeError): void => {
    const where = `${this.#caller} ${this.url} (${what} and continues, see ${option})`;
    (this.#options.onError ?? (() => reportError(where, error)))(error);
  };
}

/** The subscriber of one connection's messages. */
class MessageSubscriber extends SourceSubscriber<ReceivedMessage> {
  readonly #client: Reconnector;

  constructor(client: Reconnector) {
    super(client.subscriber);
    this.#client = client;
  }

  protected override _next(message: ReceivedMessage): void {
    this.#client.deliver(message);
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    this.#client.lost(error);
  }

  protected override _complete(): void {
    this.#client.end({ state: 'ended', reason: 'completed' });
  }
}
