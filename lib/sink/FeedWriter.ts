import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { endCursorOf } from '../event/Cursor.ts';
import type { Gap } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { Reader, type ReaderTarget } from '../feed/Reader.ts';
import type { EntryRange, LogEnd } from '../log/EventLog.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Asked } from './Asked.ts';
import type { Connection } from './Connection.ts';
import { gapBlock } from './gapBlock.ts';
import { unplaced } from './unplaced.ts';
import type { Writer } from './Writer.ts';

/**
 * A reader of a whole feed: the log's own bytes go to its socket, as they are.
 * While the socket is busy it is not read for; it costs a cursor.
 */
export class FeedWriter implements Writer, ReaderTarget {
  readonly reader = new Reader(this);
  events = 0;
  readonly #asked: Asked;
  readonly #connection: Connection;
  readonly #feed: FeedCore;

  constructor(asked: Asked, feed: FeedCore) {
    this.#asked = asked;
    this.#connection = asked.connection;
    this.#feed = feed;
    this.#connection.writer = this;
  }

  get lag(): number {
    return this.#feed.lagOf(this.reader);
  }

  get isReady(): boolean {
    return this.#connection.isReady;
  }

  write(range: EntryRange): boolean {
    this.events += range.last - range.after;
    this.#connection.timeouts?.said();
    return this.#connection.give(range.bytes);
  }

  gap({ data }: Gap): void {
    this.#connection.write(gapBlock(data));
    this.#asked.route.missed(data, this.#asked.context);
  }

  end(how: LogEnd): void {
    this.#connection.end(how, this.#end(how));
  }

  disconnect(last: string, gone: () => void): void {
    this.#connection.disconnect(last, gone);
  }

  /** The log cannot be read, or the stream was silent for too long. */
  fail(error: unknown): void {
    const { route, connection, context } = this.#asked;
    if (connection.isWaiting) return this.#asked.refuse(error);
    const reason = error instanceof StreamTimeoutError ? 'timeout' : 'failed';
    const said = route.farewell(error, context);
    if (said === 'cut') return connection.cut(reason);
    const word = said === 'end' ? '' : this.#lastWord(said.value);
    if (word === undefined) connection.cut(reason);
    else connection.part(reason, word + this.#end('completed'));
  }

  ready(): void {
    this.#feed.resume(this.reader);
  }

  beat(): string {
    return '';
  }

  /** The log's own entries have told it where it is. */
  last(): string {
    return '';
  }

  gone(): void {
    this.#feed.leave(this.reader);
  }

  #end(how: LogEnd): string {
    return encodeFrame(end(endCursorOf(this.reader.epoch, this.reader.after), how === 'failed'));
  }

  /** `undefined` for what cannot be sent. */
  #lastWord(value: unknown): string | undefined {
    try {
      return unplaced(value, this.#asked.route.options.events ?? this.#feed.contract);
    } catch {
      return undefined;
    }
  }
}
