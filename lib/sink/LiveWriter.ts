import { Subscriber } from 'rxjs';
import { OverflowError } from '../error/OverflowError.ts';
import type { Blocks } from './Blocks.ts';
import type { Connection, Writer } from './connection.ts';
import type { LastWord } from './Route.ts';

/** What waits for a busy socket, at most, in UTF-16 code units. */
const queueLimit = 1024 * 1024;

/** Written before the turn ends, so that a long burst holds no more than this. */
const burst = 64 * 1024;

/** What one response has of its own. */
export interface LiveRoute {
  /** Opens the response with these blocks; does nothing while it is not known yet how. */
  begin(blocks: string): boolean;
  /** The stream failed before the first byte. */
  refuse(error: unknown): void;
  farewell(error: unknown): LastWord;
  /** When the end of a burst is looked for. */
  later(work: () => void): void;
}

/**
 * Carries an Observable to its one reader.
 *
 * What one turn brings leaves in one write. A busy socket is waited for with a
 * queue that is bounded; past the bound the connection is cut.
 *
 * A `Subscriber`, since only one that exists before `subscribe` returns can
 * leave a source that never stops emitting synchronously.
 */
export class LiveWriter extends Subscriber<unknown> implements Writer {
  /** Replaced when the stream turns out to be a pipeline over a feed, before its first value. */
  blocks: Blocks;
  /** Told when everything is written and the socket takes more. One may wait at a time. */
  waiting: (() => void) | undefined;
  readonly #connection: Connection;
  readonly #route: LiveRoute;
  #pending = '';
  #scheduled = false;
  #last: 'end' | 'cut' | undefined;

  constructor(connection: Connection, blocks: Blocks, route: LiveRoute) {
    super();
    this.blocks = blocks;
    this.#connection = connection;
    this.#route = route;
    connection.writer = this;
  }

  /** Nothing waits to be written, and the socket takes more. */
  get isReady(): boolean {
    return this.#connection.isOpen && this.#pending === '';
  }

  /** Calls back when the socket takes more: at once, if it does now. */
  whenReady(resume: () => void): void {
    if (this.#connection.isBusy) this.waiting = resume;
    else resume();
  }

  /** Writes what there is: now that the stream is subscribed, or its place is known. */
  flush(): void {
    if (this.#connection.isWaiting && !this.#begin()) return;
    if (!this.#connection.isOpen) return;
    if (this.#last === 'end') return this.#connection.end(this.#take());
    if (this.#pending !== '') this.#connection.write(this.#take());
    if (this.#last === 'cut' && this.#connection.isOpen) this.#connection.cut();
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
    return this.blocks.position();
  }

  gone(): void {
    this.#pending = '';
    this.waiting = undefined;
    this.unsubscribe();
  }

  protected override _next(value: unknown): void {
    try {
      this.#pending += this.blocks.blockOf(value);
    } catch (error) {
      // Thrown on, it would surface in the producer, or end the process.
      return this.error(error);
    }
    const connection = this.#connection;
    if (connection.isBusy) {
      if (this.#pending.length > queueLimit) this.#overflow();
    } else if (this.#pending.length >= burst) this.flush();
    else if (connection.isOpen && this.#pending !== '') this.#schedule();
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.#leave('end');
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    if (this.#connection.isWaiting) return this.#route.refuse(error);
    const farewell = this.#route.farewell(error);
    if (typeof farewell === 'string') return this.#leave(farewell);
    try {
      this.#pending += this.blocks.blockOf(farewell.value);
      this.#leave('end');
    } catch {
      this.#leave('cut');
    }
  }

  #leave(last: 'end' | 'cut'): void {
    this.#last = last;
    this.#pending += last === 'end' ? this.blocks.end() : this.blocks.position();
    this.flush();
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

  #overflow(): void {
    this.unsubscribe();
    this.#route.farewell(new OverflowError(queueLimit));
    this.#connection.cut();
  }
}
