import { clock } from '../time/clock.ts';
import { heartbeat } from './beats.ts';
import type { CloseReason } from './CloseReason.ts';
import { breakOff, isGone, type SseResponse } from './exchange.ts';
import type { Admitted, Keeper } from './Kept.ts';
import type { Opening } from './Opening.ts';
import { Outlet } from './Outlet.ts';
import type { Timeouts } from './Timeouts.ts';
import type { Following, Lines, Writer } from './Writer.ts';

/**
 * The one owner of all writing to one response.
 *
 * `waiting` (no head yet) → `open` ⇄ `busy` (the socket takes no more) →
 * `ending` (all is said, and still to be delivered) → `closed`. It holds no
 * queue: the writer of a busy one keeps its place and waits for `ready`. A socket that takes
 * nothing for too long is given up, in `ending`, too. Writing to one that is over is nothing.
 */
export class Connection extends Outlet implements Admitted {
  writer: Writer | undefined;
  following: Following | undefined;
  /** Where the route bounds the silence of its streams. */
  timeouts: Timeouts | undefined;
  client: string | undefined;
  isAdmitted = false;
  busySince = 0;
  beats = 0;
  dropped = 0;
  #state: 'waiting' | 'open' | 'busy' | 'ending' | 'closed' = 'waiting';
  #lines: Lines | undefined;
  readonly #keeper: Keeper | undefined;

  constructor(response: SseResponse, keeper?: Keeper) {
    super(response);
    this.#keeper = keeper;
    if (this.isTaken) this.release();
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** As far as is known: to look at the socket costs more than to remember. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** It can be written to: looks at the socket, which can be full of what somebody else wrote, a middleware say. */
  get isReady(): boolean {
    if (this.#state === 'open' && this.isFull) this.#wait();
    return this.#state === 'open';
  }

  /** Waits for the socket to drain, as far as is known. */
  get isHeld(): boolean {
    return this.#state === 'busy';
  }

  get isBusy(): boolean {
    return this.isHeld || (this.#state === 'open' && !this.isReady);
  }

  /** Nothing more can be said. */
  override get isClosed(): boolean {
    return this.#state === 'ending' || this.#state === 'closed';
  }

  get events(): number {
    return this.writer?.events ?? 0;
  }

  get lag(): number {
    return this.writer?.lag ?? 0;
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
    this.unhear();
    this.#over('refused', 'closed');
  }

  /** Sends the head and the first blocks in one write. */
  begin(lines: Lines, { headers, blocks }: Opening, more = ''): void {
    if (!this.#isOurs()) return;
    this.#lines = lines;
    this.response.writeHead(200, headers);
    this.#state = 'open';
    this.#send(blocks + more);
    if (this.isReady) lines.beats?.add(this);
  }

  /** Nobody has answered. A response that somebody else has begun meanwhile is left to them. */
  #isOurs(): boolean {
    if (this.#state === 'waiting' && this.response.headersSent) this.release();
    return this.#state === 'waiting';
  }

  write(chunk: Uint8Array | string): void {
    if (this.isReady) this.#send(chunk);
    else if (this.isClosed) this.#keeper?.late();
  }

  /** Writes for one who has seen a moment ago that it is ready; tells whether it still is. */
  give(chunk: Uint8Array): boolean {
    if (this.#state === 'open') this.#send(chunk);
    return this.#state === 'open';
  }

  /** Says into a silence that the line is alive. */
  beat(): void {
    this.beats++;
    this.write(this.writer?.beat() || heartbeat);
  }

  /** Ends it by an error of its stream, which the route's own handler may turn into a last word. */
  fail(error: unknown): void {
    this.writer?.fail(error);
  }

  /** Ends the response properly, for a reader that may come back; what was written before is delivered. */
  end(reason: CloseReason, last = ''): void {
    if (this.isClosed || this.#state === 'waiting') return;
    this.written += last.length;
    this.#over(reason, 'ending');
    this.busySince = clock.now();
    this.#lines?.stalls?.add(this);
    this.response.end(last || undefined);
  }

  /** Ends a stream that goes on without this reader, at the place to which it has come. */
  depart(reason: CloseReason, last = ''): void {
    this.part(reason, this.isBusy ? '' : (this.writer?.last() ?? '') + last);
  }

  /** Ends it with a last word. A full socket takes none: the reader comes back to the position it has. */
  part(reason: CloseReason, last: string): void {
    if (this.isBusy) this.cut(reason);
    else this.end(reason, last);
  }

  /** Ends it because the server shuts down; calls back when nothing of it is left. */
  disconnect(last: string, gone: () => void): void {
    this.whenGone(gone);
    if (this.#state === 'waiting') this.cut('shutdown');
    else this.depart('shutdown', last);
    if (this.#state === 'closed') this.tellGone();
  }

  /** Ends it so that the reader sees a broken connection, and comes back. */
  cut(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#over(reason, 'closed');
    breakOff(this.response);
  }

  #send(chunk: Uint8Array | string): void {
    if (this.send(chunk)) this.#lines?.beats?.restart(this);
    else this.#wait();
  }

  #wait(): void {
    this.#state = 'busy';
    this.busySince = clock.now();
    this.#lines?.beats?.remove(this);
    this.#lines?.stalls?.add(this);
    this.awaitDrain();
  }

  protected override drained(): void {
    if (this.#state !== 'busy') return;
    this.#lines?.stalls?.remove(this);
    this.#state = 'open';
    // What drained has just reached the reader: the silence begins now.
    this.lastWrite = clock.now();
    this.#lines?.beats?.add(this);
    this.writer?.ready();
  }

  protected override closed(): void {
    this.unhear();
    this.#over('disconnected', 'closed');
    if (!isGone(this.response)) breakOff(this.response);
    this.tellGone();
  }

  #over(reason: CloseReason, state: 'ending' | 'closed'): void {
    const before = this.#state;
    this.#state = state;
    // A connection waits for one of the two.
    if (before === 'open') this.#lines?.beats?.remove(this);
    else this.#lines?.stalls?.remove(this);
    this.forgetDrain();
    if (before === 'ending' || before === 'closed') return;
    this.timeouts?.over();
    this.#keeper?.over(this, reason);
    this.abort();
    this.writer?.gone();
    this.following?.over(reason);
    this.writer = undefined;
    this.following = undefined;
  }
}
