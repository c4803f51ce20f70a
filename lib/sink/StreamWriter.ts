import { Subscriber } from 'rxjs';
import { readerQueueFull } from '../error/LimitError.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import type { Gap } from '../event/Gap.ts';
import { Backlog, type BacklogLimits } from './Backlog.ts';
import type { Connection } from './Connection.ts';
import type { EventEncoder } from './EventEncoder.ts';
import type { Overflow } from './overflow.ts';
import type { LastWord } from './Route.ts';
import type { Writer } from './Writer.ts';

/** Written before the turn ends, so that a long burst holds no more than this. */
const burst = 64 * 1024;

type Reason = 'completed' | 'failed' | 'timeout';

/** What one response has of its own. */
export interface StreamWriterRoute {
  readonly overflow: Overflow<unknown>;
  readonly queue: BacklogLimits;
  /** Opens the response with these blocks; does nothing while it is not known yet how. */
  begin(blocks: string): boolean;
  /** The stream failed before the first byte. */
  refuse(error: unknown): void;
  farewell(error: unknown): LastWord;
  /** So many events were dropped, and the reader was told so. */
  dropped(events: number, gap: Gap['data'] | undefined): void;
  /** When the end of a burst is looked for. */
  later(work: () => void): void;
}

/**
 * Carries an Observable to its one reader.
 *
 * What one turn brings leaves in one write. A full socket is waited for with a
 * backlog that is bounded, and past the bound the route's policy decides.
 *
 * A `Subscriber`, since only one that exists before `subscribe` returns can
 * leave a source that never stops emitting synchronously.
 */
export class StreamWriter extends Subscriber<unknown> implements Writer {
  /** Replaced when the stream turns out to be a pipeline over a feed, before its first value. */
  blocks: EventEncoder;
  /** Told when everything is written and the socket takes more. One may wait at a time. */
  waiting: (() => void) | undefined;
  /** The head waits for the first event, and is told of it. */
  onFirst: (() => void) | undefined;
  readonly lag = 0;
  readonly #connection: Connection;
  readonly #route: StreamWriterRoute;
  #backlog: Backlog | undefined;
  #pending = '';
  #scheduled = false;
  #last: { readonly how: 'end' | 'cut'; readonly reason: Reason } | undefined;

  constructor(connection: Connection, blocks: EventEncoder, route: StreamWriterRoute) {
    super();
    this.blocks = blocks;
    this.#connection = connection;
    this.#route = route;
    connection.writer = this;
  }

  get events(): number {
    return this.blocks.sent;
  }

  /** Nothing waits to be written, and the socket takes more. */
  get isReady(): boolean {
    return this.#connection.isReady && this.#pending === '';
  }

  /** Something was sent, or is about to be. */
  get hasSpoken(): boolean {
    return this.#pending !== '' || !this.#connection.isWaiting;
  }

  /** Calls back when the socket takes more: at once, if it does now. */
  whenReady(resume: () => void): void {
    if (this.#connection.isBusy) this.waiting = resume;
    else resume();
  }

  /** Writes what there is: now that the stream is subscribed, or its place is known. */
  flush(): void {
    const connection = this.#connection;
    if (connection.isWaiting && !this.#begin()) return;
    if (!connection.isReady) return;
    if (this.#backlog !== undefined) this.#takeBacklog(this.#backlog);
    const { how, reason } = this.#last ?? {};
    if (how === 'end') return connection.end(reason ?? 'completed', this.#take() + this.blocks.endFrame());
    if (this.#last !== undefined) this.#pending += this.blocks.positionFrame();
    if (this.#pending !== '') connection.write(this.#take());
    if (reason !== undefined && connection.isOpen) connection.cut(reason);
  }

  ready(): void {
    this.flush();
    const { waiting } = this;
    if (waiting === undefined || !this.isReady) return;
    this.waiting = undefined;
    waiting();
  }

  /** What is said into a silence, instead of a comment: how far the reader has come. */
  beat(): string {
    return this.blocks.positionFrame();
  }

  last(): string {
    return this.#take() + this.blocks.positionFrame();
  }

  fail(error: unknown): void {
    this.error(error);
  }

  gone(): void {
    this.#pending = '';
    this.#backlog?.clear();
    this.waiting = undefined;
    this.unsubscribe();
  }

  /** A teardown of the user's that throws is told, and keeps nobody from leaving. */
  override unsubscribe(): void {
    try {
      super.unsubscribe();
    } catch (error) {
      this.#route.farewell(error);
    }
  }

  protected override _next(value: unknown): void {
    const connection = this.#connection;
    try {
      // The socket is looked at once a turn.
      if (connection.isHeld || (this.#pending === '' && connection.isBusy)) return this.#hold(value);
      const { blocks } = this;
      const before = blocks.sent;
      this.#pending += blocks.withId(blocks.encode(value));
      if (blocks.sent > before) connection.timeouts?.said();
    } catch (error) {
      // Thrown on, it would surface in the producer, or end the process.
      return this.error(error);
    }
    if (this.onFirst !== undefined) this.onFirst();
    else if (this.#pending.length >= burst) this.flush();
    else if (connection.isOpen && this.#pending !== '') this.#schedule();
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.#leave('end', 'completed');
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    if (this.#connection.isWaiting) return this.#route.refuse(error);
    const reason = error instanceof StreamTimeoutError ? 'timeout' : 'failed';
    const farewell = this.#route.farewell(error);
    if (typeof farewell === 'string') return this.#leave(farewell, reason);
    try {
      this.#hold(farewell.value);
      this.#leave('end', reason);
    } catch {
      this.#leave('cut', reason);
    }
  }

  #leave(how: 'end' | 'cut', reason: Reason): void {
    this.#last = { how, reason };
    this.flush();
  }

  #hold(value: unknown): void {
    this.#backlog ??= new Backlog(this.#route.overflow, this.#route.queue);
    if (this.#backlog.push(value, this.blocks)) return;
    this.unsubscribe();
    this.#route.farewell(readerQueueFull('queue.maxBytes', this.#route.queue.maxBytes));
    this.#connection.cut('overflow');
  }

  #takeBacklog(backlog: Backlog): void {
    const { text, lost, gap } = backlog.take(this.blocks);
    this.#pending += text;
    if (text !== '') this.#connection.timeouts?.said();
    if (lost > 0) this.#route.dropped(lost, gap);
  }

  /** The head and what there is leave in one write. */
  #begin(): boolean {
    const begun = this.#route.begin(this.#pending);
    if (begun) this.#pending = '';
    return begun;
  }

  #take(): string {
    const pending = this.#pending;
    this.#pending = '';
    return pending;
  }

  readonly #flushed = (): void => {
    this.#scheduled = false;
    this.ready();
  };

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#route.later(this.#flushed);
  }
}
