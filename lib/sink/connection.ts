import { clock } from '../clock.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { comment } from '../wire/Frame.ts';
import type { Beats } from './beats.ts';
import type { SseResponse } from './exchange.ts';
import type { Opening } from './Opening.ts';

const heartbeat = encodeFrame(comment());

/** Whoever feeds a connection: told when it may write again, and when it is over. */
export interface Writer {
  /** The socket drained. */
  ready(): void;
  /** What to say into a silence; '' leaves it to a comment. */
  beat(): string;
  /** The connection is over, whoever ended it. Called once. */
  gone(): void;
}

/**
 * The one owner of all writing to one response.
 *
 * `waiting` (no head yet) → `open` ⇄ `busy` (the socket takes no more) →
 * `closed`. It holds no queue: while it is busy, the writer keeps its place and
 * waits for `ready`. Writing to a closed connection is nothing.
 */
export class Connection {
  readonly response: SseResponse;
  writer: Writer | undefined;
  /** When the last byte was written; a heartbeat counts from here. */
  lastWrite = 0;
  #state: 'waiting' | 'open' | 'busy' | 'closed' = 'waiting';
  #beats: Beats | undefined;
  readonly #closed = (): void => {
    this.#unhear();
    this.#close();
  };
  #drained: (() => void) | undefined;
  #abort: AbortController | undefined;

  constructor(response: SseResponse) {
    this.response = response;
    // Before anything is subscribed or awaited: a close that nobody heard is the
    // leak that hand-written sinks have.
    response.on('close', this.#closed);
    // A dead socket is heard as `close`; unheard, `error` would end the process.
    response.on('error', ignore);
    if (response.destroyed || response.writableEnded) this.#state = 'closed';
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  get isOpen(): boolean {
    // A socket can be full of what somebody else wrote, a middleware say.
    if (this.#state === 'open' && this.response.writableNeedDrain) this.#wait();
    return this.#state === 'open';
  }

  get isBusy(): boolean {
    return this.#state !== 'closed' && this.#state !== 'waiting' && !this.isOpen;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Aborted when the connection is over. Made for those who ask. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.isClosed) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  /** Answers with something other than a stream. */
  reply(status: number, headers: Record<string, string> = {}, body = ''): void {
    if (this.#state !== 'waiting') return;
    this.#close();
    this.response.writeHead(status, headers);
    this.response.end(body);
  }

  /** Leaves the response, unanswered, to whoever comes next. */
  release(): void {
    this.#unhear();
    this.#close();
  }

  /** Sends the head and the first blocks in one write. */
  begin(route: { readonly beats: Beats | undefined }, { headers, blocks }: Opening, more = ''): void {
    if (this.#state !== 'waiting') return;
    this.response.writeHead(200, headers);
    this.#state = 'open';
    this.#send(blocks + more);
    this.#beats = route.beats;
    if (this.#state === 'open') this.#beats?.add(this);
  }

  /**
   * One write: Node's kernel work happens inside `uncork`, here and now, and not
   * on the next tick, so that a caller that writes to many knows what it cost.
   */
  write(chunk: Uint8Array | string): void {
    if (!this.isOpen) return;
    this.#send(chunk);
  }

  #send(chunk: Uint8Array | string): void {
    const { response } = this;
    response.cork();
    const more = response.write(chunk);
    response.uncork();
    this.lastWrite = clock.now();
    if (more && !response.writableNeedDrain) this.#beats?.move(this);
    else this.#wait();
  }

  /** Says into a silence that the line is alive. */
  beat(): void {
    this.write(this.writer?.beat() || heartbeat);
  }

  /** Ends the response properly; what was written before is delivered. */
  end(last = ''): void {
    if (this.#state === 'closed') return;
    this.#close();
    if (last === '') this.response.end();
    else this.response.end(last);
  }

  /** Ends it so that the reader sees a broken connection, and comes back. */
  cut(): void {
    if (this.#state === 'closed') return;
    this.#close();
    this.response.destroy();
  }

  #wait(): void {
    this.#state = 'busy';
    this.#beats?.remove(this);
    this.#drained = () => {
      this.#leaveDrain();
      this.#state = 'open';
      // What drained has just reached the reader: the silence begins now.
      this.lastWrite = clock.now();
      this.#beats?.add(this);
      this.writer?.ready();
    };
    this.response.on('drain', this.#drained);
  }

  /** Only when the response itself is closed: until then an error of it must find a listener. */
  #unhear(): void {
    this.response.removeListener('close', this.#closed);
    this.response.removeListener('error', ignore);
  }

  #leaveDrain(): void {
    if (this.#drained === undefined) return;
    this.response.removeListener('drain', this.#drained);
    this.#drained = undefined;
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#leaveDrain();
    this.#beats?.remove(this);
    const { writer } = this;
    this.writer = undefined;
    this.#abort?.abort();
    writer?.gone();
  }
}

function ignore(): void {}
