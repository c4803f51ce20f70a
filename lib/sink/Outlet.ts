import { LinkedListNode } from '../data/LinkedList.ts';
import { clock } from '../time/clock.ts';
import { type Corkable, hearOver, isFull, isGone, lineUnder, type SseResponse, unhearOver } from './exchange.ts';

/** A response, as what is written to and heard of: public API of Node only. */
export abstract class Outlet extends LinkedListNode {
  readonly response: SseResponse;
  /** When the last byte was written; a heartbeat counts from here. */
  lastWrite = 0;
  /** Bytes, or characters of text, given to the socket. */
  written = 0;
  #line: Corkable | undefined;
  #onDrain: (() => void) | undefined;
  #abort: AbortController | undefined;
  #gone: (() => void) | undefined;

  constructor(response: SseResponse) {
    super();
    this.response = response;
    // Before anything is subscribed or awaited: a close that nobody heard is the leak of hand-written sinks.
    hearOver(response, this.#onClose);
  }

  /** Nothing more can be said. */
  abstract readonly isClosed: boolean;
  /** The response is closed, whoever closed it. */
  protected abstract closed(): void;
  /** The socket takes more again, or somebody says so. */
  protected abstract drained(): void;

  /** Aborted when the connection is over. Made for those who ask. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.isClosed) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  protected abort(): void {
    this.#abort?.abort();
  }

  /** Calls back when nothing of it is left. It may be asked for twice, by a feed and by its route. */
  protected whenGone(gone: () => void): void {
    const before = this.#gone;
    this.#gone = () => {
      before?.();
      gone();
    };
  }

  protected tellGone(): void {
    const gone = this.#gone;
    this.#gone = undefined;
    gone?.();
  }

  protected get isFull(): boolean {
    return isFull(this.response);
  }

  /** Somebody else has answered, or nobody can. */
  protected get isTaken(): boolean {
    return isGone(this.response) || this.response.headersSent;
  }

  /**
   * One write: Node's kernel work happens inside `uncork`, here and now, and not
   * on the next tick, so that a caller that writes to many knows what it cost.
   * Tells whether the socket takes more.
   */
  protected send(chunk: Uint8Array | string): boolean {
    const { response } = this;
    this.#line ??= lineUnder(response);
    const line = this.#line ?? response;
    line.cork();
    const more = response.write(chunk);
    line.uncork();
    this.written += chunk.length;
    this.lastWrite = clock.now();
    // Anything but false: a middleware that wraps `write` may forget to say what it said.
    return more !== false && !isFull(response);
  }

  /** Once for all times: a middleware that wraps `on` may keep a listener that is taken back. */
  protected awaitDrain(): void {
    if (this.#onDrain !== undefined) return;
    this.#onDrain = () => this.drained();
    this.response.on('drain', this.#onDrain);
  }

  protected forgetDrain(): void {
    if (this.#onDrain === undefined) return;
    this.response.removeListener('drain', this.#onDrain);
    this.#onDrain = undefined;
  }

  /** Only when the response itself is closed, or left to others: until then an error of it must find a listener. */
  protected unhear(): void {
    unhearOver(this.response, this.#onClose);
  }

  readonly #onClose = (): void => this.closed();
}
