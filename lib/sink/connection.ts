import { clock } from '../clock.ts';
import { heartbeat } from './beats.ts';
import type { CloseReason } from './CloseReason.ts';
import { breakOff, hearOver, isFull, isGone, type SseResponse, unhearOver } from './exchange.ts';
import type { Opening } from './Opening.ts';
import type { Lines, Writer } from './Writer.ts';

/**
 * The one owner of all writing to one response.
 *
 * `waiting` (no head yet) → `open` ⇄ `busy` (the socket takes no more) →
 * `ending` (all is said, and still to be delivered) → `closed`. It holds no
 * queue: the writer of a busy one keeps its place and waits for `ready`. A socket that takes
 * nothing for too long is given up, in `ending`, too. Writing to one that is over is nothing.
 */
export class Connection {
  readonly response: SseResponse;
  writer: Writer | undefined;
  /** Told once, when it is over. */
  onOver: ((reason: CloseReason) => void) | undefined;
  /** When the last byte was written; a heartbeat counts from here. */
  lastWrite = 0;
  busySince = 0;
  /** Bytes, or characters of text, given to the socket. */
  written = 0;
  #state: 'waiting' | 'open' | 'busy' | 'ending' | 'closed' = 'waiting';
  #lines: Lines | undefined;
  #drained: (() => void) | undefined;
  #abort: AbortController | undefined;
  #gone: (() => void) | undefined;

  constructor(response: SseResponse) {
    this.response = response;
    // Before anything is subscribed or awaited: a close that nobody heard is the leak of hand-written sinks.
    hearOver(response, this.#closed);
    if (isGone(response) || response.headersSent) this.release();
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  get isOpen(): boolean {
    // A socket can be full of what somebody else wrote, a middleware say.
    if (this.#state === 'open' && isFull(this.response)) this.#wait();
    return this.#state === 'open';
  }

  get isBusy(): boolean {
    return this.#state === 'busy' || (this.#state === 'open' && !this.isOpen);
  }

  /** Nothing more can be said. */
  get isClosed(): boolean {
    return this.#state === 'ending' || this.#state === 'closed';
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
    if (!this.#isOurs()) return;
    this.#over('refused', 'closed');
    this.response.writeHead(status, headers);
    this.response.end(body);
  }

  /** Leaves the response, unanswered, to whoever comes next. */
  release(): void {
    this.#unhear();
    this.#over('refused', 'closed');
  }

  /** Sends the head and the first blocks in one write. */
  begin(lines: Lines, { headers, blocks }: Opening, more = ''): void {
    if (!this.#isOurs()) return;
    this.#lines = lines;
    this.response.writeHead(200, headers);
    this.#state = 'open';
    this.#send(blocks + more);
    if (this.#state === 'open') lines.beats?.add(this);
  }

  /** Nobody has answered. A response that somebody else has begun meanwhile is left to them. */
  #isOurs(): boolean {
    if (this.#state === 'waiting' && this.response.headersSent) this.release();
    return this.#state === 'waiting';
  }

  write(chunk: Uint8Array | string): void {
    if (this.isOpen) this.#send(chunk);
  }

  /** Says into a silence that the line is alive. */
  beat(): void {
    this.write(this.writer?.beat() || heartbeat);
  }

  /** Ends the response properly, for a reader that may come back; what was written before is delivered. */
  end(reason: CloseReason, last = ''): void {
    if (this.isClosed || this.#state === 'waiting') return;
    this.#over(reason, 'ending');
    this.busySince = clock.now();
    this.#lines?.stalls?.add(this);
    this.response.end(last || undefined);
  }

  /** Ends a stream that goes on without this reader, at the place to which it has come. */
  depart(reason: CloseReason, last = ''): void {
    // A full socket takes no last word: the reader comes back to the position it has.
    if (this.isBusy) this.cut(reason);
    else this.end(reason, (this.writer?.last() ?? '') + last);
  }

  /** Ends it because the server shuts down; calls back when nothing of it is left. */
  drain(last: string, gone: () => void): void {
    // It may be asked for twice, by its feed and by its route.
    const before = this.#gone;
    this.#gone = () => {
      before?.();
      gone();
    };
    if (this.#state === 'waiting') this.cut('drained');
    else this.depart('drained', last);
    if (this.#state === 'closed') this.#tellGone();
  }

  /** Ends it so that the reader sees a broken connection, and comes back. */
  cut(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#over(reason, 'closed');
    breakOff(this.response);
  }

  /** The socket has taken nothing for too long. */
  stall(): void {
    this.cut('stalled');
  }

  /**
   * One write: Node's kernel work happens inside `uncork`, here and now, and not
   * on the next tick, so that a caller that writes to many knows what it cost.
   */
  #send(chunk: Uint8Array | string): void {
    const { response } = this;
    response.cork();
    const more = response.write(chunk);
    response.uncork();
    this.written += chunk.length;
    this.lastWrite = clock.now();
    // Anything but false: a middleware that wraps `write` may forget to say what it said.
    if (more !== false && !isFull(response)) this.#lines?.beats?.move(this);
    else this.#wait();
  }

  #wait(): void {
    this.#state = 'busy';
    this.busySince = clock.now();
    this.#lines?.beats?.remove(this);
    this.#lines?.stalls?.add(this);
    if (this.#drained !== undefined) return;
    // Once: a middleware that wraps `on` may keep a listener that is taken back.
    this.#drained = () => this.#drain();
    this.response.on('drain', this.#drained);
  }

  #drain(): void {
    if (this.#state !== 'busy') return;
    this.#lines?.stalls?.remove(this);
    this.#state = 'open';
    // What drained has just reached the reader: the silence begins now.
    this.lastWrite = clock.now();
    this.#lines?.beats?.add(this);
    this.writer?.ready();
  }

  readonly #closed = (): void => {
    this.#unhear();
    this.#over('left', 'closed');
    if (!isGone(this.response)) breakOff(this.response);
    this.#tellGone();
  };

  #tellGone(): void {
    const gone = this.#gone;
    this.#gone = undefined;
    gone?.();
  }

  /** Only when the response itself is closed: until then an error of it must find a listener. */
  #unhear(): void {
    unhearOver(this.response, this.#closed);
  }

  #over(reason: CloseReason, state: 'ending' | 'closed'): void {
    const before = this.#state;
    this.#state = state;
    this.#lines?.stalls?.remove(this);
    if (this.#drained !== undefined) this.response.removeListener('drain', this.#drained);
    if (before === 'ending' || before === 'closed') return;
    this.#lines?.beats?.remove(this);
    const { writer, onOver } = this;
    this.writer = undefined;
    this.onOver = undefined;
    this.#abort?.abort();
    writer?.gone();
    onOver?.(reason);
  }
}
