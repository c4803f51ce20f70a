import { type AsyncScope, captureScope, runIn } from '../data/asyncScope.ts';
import { LinkedListNode } from '../data/LinkedList.ts';
import { clock } from '../time/clock.ts';
import { type SharedTimer, sharedTimers } from '../time/SharedTimer.ts';
import type { RouteSettings } from './RouteSettings.ts';
import type { CloseReason, RouteStats } from './RouteStats.ts';
import type { ResponseHeaders } from './SseOptions.ts';
import type { Timeouts } from './Timeouts.ts';
import type { Transport, TransportListener } from './Transport.ts';
import type { Wire } from './Wire.ts';
import type { Writer } from './Writer.ts';

type ConnectionState = 'waiting' | 'open' | 'busy' | 'ending' | 'closed';

/** Connections that wait for a heartbeat, by interval. */
const heartbeatsEvery = sharedTimers<Connection>({
  since: ({ lastWrite }) => lastWrite,
  due: (one) => one.heartbeat(),
  early: 0.05,
});

/** Connections whose socket is full or still has to deliver, by stall timeout. */
const stallsAfter = sharedTimers<Connection>({ since: ({ busySince }) => busySince, due: (one) => one.cut('stalled') });

/**
 * The response to one request, and the only code that writes to it: `waiting` (no head yet) → `open` ⇄ `busy` (the socket
 * is full) → `ending` (written, not yet delivered) → `closed`. It has no queue: the writer of a busy connection keeps its
 * position and waits for `onDrain`. A socket that takes nothing for the stall timeout is cut, in `ending` too.
 *
 * Before it starts, it is answered (`reply`) or left to another handler (`release`). Afterwards it ends with its stream
 * (`end`), ends although the stream continues (`endEarly`, `endForShutdown`), or is broken off (`cut`).
 */
export class Connection extends LinkedListNode implements TransportListener {
  writer: Writer | undefined;
  /** Set where the route limits how long its streams take. */
  timeouts: Timeouts | undefined;
  /** The async context of the request, in which functions of the user's are called. */
  readonly scope: AsyncScope | undefined = captureScope();
  /** Notified once when the response has ended or is cut, while its writer is still known. */
  owner: { onClosed(reason: CloseReason): void } | undefined;
  /** When the last byte was written, or reached the reader as the socket drained: heartbeats are counted from here. */
  lastWrite = 0;
  busySince = 0;
  /** Bytes, or characters of text, that were written. */
  written = 0;
  heartbeats = 0;
  dropped = 0;
  readonly #transport: Transport;
  readonly #stats: RouteStats | undefined;
  readonly #wire: Wire | undefined;
  #state: ConnectionState = 'waiting';
  #heartbeats: SharedTimer<Connection> | undefined;
  #stalls: SharedTimer<Connection> | undefined;
  #abort: AbortController | undefined;
  #onDelivered: (() => void)[] | undefined;

  constructor(transport: Transport, stats?: RouteStats, wire?: Wire) {
    super();
    this.#transport = transport;
    this.#stats = stats;
    this.#wire = wire;
    // Before anything is subscribed to or awaited: a client that disconnects first would leak the source.
    if (!transport.listen(this)) this.release();
  }

  /** The state as of the last write or event, without checking the socket. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Checks whether an open socket has become full, of what a middleware wrote, and returns the state after that. */
  checkSocket(): ConnectionState {
    if (this.#state === 'open' && !this.#transport.hasRoom()) this.#waitForDrain();
    return this.#state;
  }

  /** True when nothing more is written: the response has ended, delivered or not, or is closed. */
  get hasEnded(): boolean {
    return this.#state === 'ending' || this.#state === 'closed';
  }

  get events(): number {
    return this.writer?.events ?? 0;
  }

  /** A signal that is aborted when the connection closes. Created for those who read it. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.hasEnded) this.#abort.abort();
    return this.#abort.signal;
  }

  /** Answers with something other than a stream. The last response closes the client's connection. */
  reply(status: number, headers: ResponseHeaders = {}, body = '', isLast = false): void {
    if (this.#state !== 'waiting') return;
    if (isLast) this.#transport.closeAfterwards();
    if (!this.#transport.open(status, headers)) return this.release();
    this.#close('refused', 'closed');
    this.#transport.end(body);
  }

  /** Leaves the response, unanswered, to another handler. */
  release(): void {
    this.#transport.listen(undefined);
    this.#close('refused', 'closed');
  }

  /** Sends the head and the first frames in one write. */
  open({ heartbeat, stallTimeout }: RouteSettings, headers: ResponseHeaders, frames: string): void {
    if (this.#state !== 'waiting') return;
    if (!this.#transport.open(200, headers)) return this.release();
    this.#heartbeats = heartbeatsEvery(heartbeat);
    this.#stalls = stallsAfter(stallTimeout);
    this.#state = 'open';
    this.write(frames);
    if (this.checkSocket() === 'open') this.#heartbeats?.add(this);
  }

  /** Writes to a response that is open. Returns true if it takes more. */
  write(chunk: Uint8Array | string): boolean {
    if (this.#state !== 'open') {
      if (this.hasEnded && this.#stats !== undefined) this.#stats.unwritten++;
      return false;
    }
    const hasRoom = this.#transport.write(chunk);
    if (this.#stats?.tap !== undefined) this.#stats.tap.next(chunk);
    this.written += chunk.length;
    this.lastWrite = clock.now();
    if (hasRoom) this.#heartbeats?.restart(this);
    else this.#waitForDrain();
    return this.#state === 'open';
  }

  heartbeat(): void {
    if (this.checkSocket() !== 'open' || this.#wire === undefined) return;
    this.heartbeats++;
    this.write(this.writer?.takePositionFrame() || this.#wire.heartbeat);
  }

  /** Ends the response after what was written, for a reader that may reconnect. */
  end(reason: CloseReason, lastFrames = ''): void {
    if (this.hasEnded || this.#state === 'waiting') return;
    this.written += lastFrames.length;
    this.#close(reason, 'ending');
    this.busySince = clock.now();
    this.#stalls?.add(this);
    this.#transport.end(lastFrames || undefined);
  }

  /**
   * Ends the response although its stream continues: writes what is pending and the reader's position first. Cuts it
   * where the socket is full: the reader then resumes from the position it has.
   */
  endEarly(reason: CloseReason, lastFrames = ''): void {
    if (this.checkSocket() === 'busy') return this.cut(reason);
    const frames = (this.writer?.takeLastFrames() ?? '') + lastFrames;
    if (this.#wire?.announcesEnd !== false) return this.end(reason, frames);
    // The reader would take the end of the response for the end of the stream.
    if (frames !== '') this.write(frames);
    this.cut(reason);
  }

  /** Ends it because the server shuts down. Calls back when the response is delivered or cut. */
  endForShutdown(lastFrame: string, retry: number, done: () => void): void {
    // A feed and its route may both be shut down, and each waits.
    this.#onDelivered = [...(this.#onDelivered ?? []), done];
    this.#transport.closeAfterwards();
    if (this.#state === 'waiting') this.cut('shutdown');
    else this.endEarly('shutdown', this.#wire?.retry ? `${lastFrame}retry: ${retry}\n\n` : lastFrame);
    if (this.#state === 'closed') this.#delivered();
  }

  /** Breaks the response off, so that the reader reconnects. */
  cut(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#close(reason, 'closed');
    this.#transport.abort();
  }

  onDrain(): void {
    if (this.#state !== 'busy') return;
    this.#stalls?.remove(this);
    this.#state = 'open';
    this.lastWrite = clock.now();
    this.#heartbeats?.add(this);
    this.writer?.onDrain();
  }

  onClose(): void {
    this.#close('disconnected', 'closed');
    this.#delivered();
  }

  #waitForDrain(): void {
    this.#state = 'busy';
    this.busySince = clock.now();
    this.#heartbeats?.remove(this);
    this.#stalls?.add(this);
  }

  #close(reason: CloseReason, state: 'ending' | 'closed'): void {
    const before = this.#state;
    this.#state = state;
    (before === 'open' ? this.#heartbeats : this.#stalls)?.remove(this);
    if (before === 'ending' || before === 'closed') return;
    runIn(this.scope, () => {
      this.#abort?.abort();
      try {
        this.writer?.onClose();
      } finally {
        this.owner?.onClosed(reason);
        this.writer = undefined;
      }
    });
  }

  #delivered(): void {
    for (const done of this.#onDelivered?.splice(0) ?? []) done();
  }
}
