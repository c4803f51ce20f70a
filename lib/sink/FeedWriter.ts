import { endCursorOf } from '../event/Cursor.ts';
import type { Gap } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { Reader } from '../feed/Reader.ts';
import type { LogEnd } from '../log/EventLog.ts';
import type { Stretch } from '../log/Segments.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Connection } from './connection.ts';
import { gapBlock } from './Opening.ts';
import type { Writer } from './Writer.ts';

/**
 * A reader of a whole feed: the log's own bytes go to its socket, as they are.
 * While the socket is busy it is not read for; it costs a cursor.
 */
export class FeedWriter extends Reader implements Writer {
  readonly #connection: Connection;
  readonly #feed: FeedCore;
  readonly #refuse: (error: unknown) => void;

  /** @param refuse hears that the log cannot be read. */
  constructor(connection: Connection, feed: FeedCore, refuse: (error: unknown) => void) {
    super();
    this.#connection = connection;
    this.#feed = feed;
    this.#refuse = refuse;
    connection.writer = this;
  }

  override get isReady(): boolean {
    return this.#connection.isOpen;
  }

  override take(stretch: Stretch): void {
    this.#connection.write(stretch.bytes);
  }

  override miss({ data }: Gap): void {
    this.#connection.write(gapBlock(data));
  }

  override finish(how: LogEnd): void {
    this.#connection.end(how, encodeFrame(end(endCursorOf(this.epoch, this.after), how === 'failed')));
  }

  override drain(last: string, gone: () => void): void {
    this.#connection.drain(last, gone);
  }

  override fail(error: unknown): void {
    this.#refuse(error);
  }

  ready(): void {
    this.#feed.resume(this);
  }

  beat(): string {
    return '';
  }

  /** The log's own entries have told it where it is. */
  last(): string {
    return '';
  }

  gone(): void {
    this.#feed.leave(this);
  }
}
