import { readerQueueFull } from '../error/LimitError.ts';
import { hasTag } from '../error/RxsseError.ts';
import type { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { SourceSubscriber } from '../operator/SourceSubscriber.ts';
import { Backlog, type QueueOptions } from './Backlog.ts';
import type { Connection } from './Connection.ts';
import { type EventEncoder, isEventFrame } from './EventEncoder.ts';
import { PendingFrames } from './PendingFrames.ts';
import type { CloseReason } from './RouteStats.ts';
import type { StreamResponse } from './StreamResponse.ts';
import type { Writer } from './Writer.ts';

/** Written before the turn ends, in characters, so that a long burst retains no more than this. */
const maxBurst = 64 * 1024;

/**
 * Writes an Observable to its one reader. The sweep writes all that the stream emits in one turn at once, and to a slice of
 * many readers in each turn of the loop, so that a write carries more events under load. While the socket is full values
 * wait in a bounded backlog, and beyond its bound the route's policy decides.
 */
export class StreamWriter extends SourceSubscriber<unknown> implements Writer {
  /** Replaced when the stream turns out to be a pipeline over a feed, before its first value. */
  encoder: EventEncoder;
  /** Called once when nothing waits and the socket takes more. */
  onReady: (() => void) | undefined;
  /** Called for each value that has to wait. */
  onFull: (() => void) | undefined;
  /** True while the stream is being subscribed: what it emits then is not written, so that an error is an HTTP error. */
  isSubscribing = false;
  /** Called for the first event while the head is delayed. */
  onFirst: (() => void) | undefined;
  readonly lag = 0;
  readonly #connection: Connection;
  readonly #response: StreamResponse;
  #backlog: Backlog | undefined;
  readonly #pending = new PendingFrames(this);
  readonly #isConflated: boolean;
  #ending: { readonly outcome: 'end' | 'cut'; readonly reason: CloseReason } | undefined;

  constructor(connection: Connection, encoder: EventEncoder, response: StreamResponse) {
    super();
    this.encoder = encoder;
    this.#connection = connection;
    this.#response = response;
    this.#isConflated = typeof response.overflow === 'object';
    connection.writer = this;
  }

  get events(): number {
    return this.encoder.sent;
  }

  get cursor(): string | undefined {
    return this.encoder.cursor;
  }

  /** Checks the socket. Returns true if it takes more, and nothing waits to be written. */
  checkReady(): boolean {
    return this.#connection.checkSocket() === 'open' && this.#pending.isEmpty;
  }

  /** True if something was written, or is about to be. */
  get hasWritten(): boolean {
    return !this.#pending.isEmpty || this.#connection.state !== 'waiting';
  }

  /** Calls back when the socket takes more: at once, if it does now. */
  whenReady(next: () => void): void {
    if (this.#connection.checkSocket() === 'busy') this.onReady = next;
    else next();
  }

  /** Writes what there is, with the head of the response in the first write. */
  flush(): void {
    const connection = this.#connection;
    if (connection.state === 'waiting' && !this.#response.open(this.#takePending)) return;
    if (connection.checkSocket() !== 'open') return this.#enqueuePending();
    let frames = this.#writeBacklog(this.#takePending());
    if (connection.state !== 'open') return;
    const { outcome, reason } = this.#ending ?? {};
    const lastFrame = outcome === 'end' ? this.encoder.endFrame() : undefined;
    if (lastFrame !== undefined) return connection.end(reason ?? 'completed', frames + lastFrame);
    if (this.#ending !== undefined) frames += this.encoder.positionFrame();
    if (frames !== '') connection.write(frames);
    if (reason !== undefined && connection.state === 'open') connection.cut(reason);
  }

  onDrain(): void {
    this.flush();
    const { onReady } = this;
    if (onReady === undefined || !this.checkReady()) return;
    this.onReady = undefined;
    onReady();
  }

  takePositionFrame(): string {
    // The position of a later entry must not precede an event that waits for the end of its burst.
    return this.#pending.isEmpty ? this.encoder.positionFrame() : '';
  }

  takeLastFrames(): string {
    return this.#takePending() + this.encoder.positionFrame();
  }

  fail(error: unknown): void {
    this.error(error);
  }

  onClose(): void {
    this.#pending.clear();
    this.#backlog?.clear();
    this.onReady = undefined;
    this.unsubscribe();
  }

  /** Unsubscribes from the stream. What a teardown of the user's throws is reported, and does not stop the close. */
  override unsubscribe(): void {
    try {
      super.unsubscribe();
    } catch (error) {
      this.#response.handleError(error);
    }
  }

  protected override _next(value: unknown): void {
    const connection = this.#connection;
    try {
      // Elsewhere only what writes checks the socket: a check is slow for each of thousands that share a value.
      if ((this.#isConflated || connection.timeouts !== undefined) && this.#pending.isEmpty) connection.checkSocket();
      const mustWait = this.isSubscribing && this.#pending.size >= maxBurst;
      if (mustWait || connection.state === 'busy') return this.#enqueue(value);
      const encoded = this.encoder.encode(value);
      if (encoded !== '') {
        this.#pending.push(encoded);
        if (connection.timeouts !== undefined && isEventFrame(encoded)) connection.timeouts.onEvent();
      }
    } catch (error) {
      // Thrown on, it would surface in the producer, or end the process.
      return this.error(error);
    }
    if (this.onFirst !== undefined) this.onFirst();
    else if (this.#pending.size >= maxBurst && !this.isSubscribing) this.flush();
    else if (connection.state === 'open' && !this.#pending.isEmpty) this.#pending.schedule(this.#response.isPulled);
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.#end('end', 'completed');
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    if (this.#connection.state === 'waiting') return this.#response.refuse(error);
    const reason = hasTag<StreamTimeoutError>(error, 'StreamTimeoutError') ? 'timeout' : 'failed';
    const outcome = this.#response.handleError(error);
    if (typeof outcome === 'string') return this.#end(outcome, reason);
    try {
      this.#enqueue(outcome.value);
      this.#end('end', reason);
    } catch (thrown) {
      this.#response.reportOutcome(thrown);
      this.#end('cut', reason);
    }
  }

  #end(outcome: 'end' | 'cut', reason: CloseReason): void {
    this.#ending = { outcome, reason };
    this.flush();
  }

  #enqueue(value: unknown): void {
    this.#checkBound(this.#openBacklog().push(value, this.encoder));
  }

  /** Lets what is pending wait, bounded, until a socket drains that something else has filled. */
  #enqueuePending(): void {
    if (this.#connection.state !== 'busy' || this.#pending.isEmpty || this.#backlog?.isEmpty === false) return;
    this.#checkBound(this.#openBacklog().addAll(this.#pending.takeAll()));
  }

  #openBacklog(): Backlog {
    this.onFull?.();
    this.#backlog ??= new Backlog(this.#response.overflow, this.#response.queue);
    return this.#backlog;
  }

  #checkBound(exceeded: keyof QueueOptions | undefined): void {
    if (exceeded === undefined) return;
    this.unsubscribe();
    const isWaiting = this.#connection.state === 'waiting';
    const error = readerQueueFull(`queue.${exceeded}`, this.#response.queue[exceeded], isWaiting);
    if (isWaiting) return this.#response.refuse(error);
    this.#response.handleError(error);
    this.#connection.cut('overflow');
  }

  /**
   * Writes what is pending and what waits, a burst at a time, until the rest fits into the next write, which it returns: a
   * socket drains when all of a write is taken, so that one of 16 MiB would make a slow reader look like a dead one.
   */
  #writeBacklog(pending: string): string {
    const backlog = this.#backlog;
    if (backlog === undefined || backlog.isEmpty) return pending;
    const connection = this.#connection;
    const { frames: waiting, dropped, gap } = backlog.take(this.encoder, maxBurst);
    let frames = pending + waiting;
    while (!backlog.isEmpty && connection.state === 'open') {
      const hasRoom = connection.write(frames);
      frames = hasRoom ? backlog.take(this.encoder, maxBurst).frames : '';
    }
    if (waiting !== '') connection.timeouts?.onEvent();
    if (dropped === 0) return frames;
    // Last, since the callback of the user's may make the stream emit, which must not overtake these frames.
    if (frames !== '') this.#pending.push(frames);
    this.#response.onOverflow(dropped, gap);
    return connection.state === 'open' ? this.#takePending() : '';
  }

  readonly #takePending = (): string => this.#pending.take(this.encoder);
}
