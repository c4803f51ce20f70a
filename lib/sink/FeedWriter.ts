import { hasTag } from '../error/RxsseError.ts';
import type { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { cursorOf, endCursorOf } from '../event/cursor.ts';
import type { Gap } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { Reader, type ReaderTarget } from '../feed/Reader.ts';
import { unservableIn } from '../feed/takeSnapshot.ts';
import type { EntryRange, LogEnd } from '../log/EventLog.ts';
import type { Connection } from './Connection.ts';
import { frameWithoutId } from './EventEncoder.ts';
import type { GzipTransport } from './gzip/GzipTransport.ts';
import type { ErrorOutcome } from './Route.ts';
import type { Session } from './Session.ts';
import type { Wire } from './Wire.ts';
import type { Writer } from './Writer.ts';

/**
 * Writes a whole feed to its reader: the log's own bytes, as they are. While the socket is full nothing is read for the
 * reader, which then costs only a cursor.
 */
export class FeedWriter implements ReaderTarget, Writer {
  readonly reader = new Reader(this);
  events = 0;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #feed: FeedCore;
  readonly #wire: Wire;
  readonly #gzip: GzipTransport | undefined;
  /** True while a snapshot is being taken or waits for the socket. */
  #isHeld = false;
  /** Writes the snapshot, when the socket takes more. */
  #writeSnapshot: (() => void) | undefined;

  constructor(session: Session, feed: FeedCore) {
    this.#session = session;
    this.#connection = session.connection;
    this.#feed = feed;
    this.#wire = session.route.wire;
    this.#gzip = session.gzip;
    const { compression } = session.route.settings;
    if (compression !== undefined) this.#gzip?.follow(compression.windowOf(feed));
    this.#connection.writer = this;
  }

  get lag(): number {
    return this.#feed.lagOf(this.reader);
  }

  get cursor(): string {
    return cursorOf(this.reader.epoch, this.reader.afterSequence);
  }

  checkReady(): boolean {
    return !this.#isHeld && this.#connection.checkSocket() === 'open';
  }

  write(range: EntryRange): boolean {
    this.events += range.last - range.after;
    this.#connection.timeouts?.onEvent();
    const entries = this.#wire.hasIds ? range.bytes : this.#wire.bytes(range);
    return this.#connection.write(this.#gzip?.take(this.reader.epoch, range, entries) ?? entries);
  }

  writeGap({ data }: Gap): void {
    if (this.reader.snapshot === undefined) return this.#writeGapFrames(data, this.#wire.gap(data));
    this.#isHeld = true;
    const { reason, requested } = data;
    this.#feed.takeSnapshot(this.reader, { reason, requested }, ({ events, afterSequence }, now) => {
      const gap = { ...data, resumedFrom: cursorOf(now.epoch, afterSequence) };
      const { epoch, sequence } = unservableIn(now);
      const frames = this.#wire.gap(gap, cursorOf(epoch, sequence)) + this.snapshotFrames(events, gap.resumedFrom);
      this.#writeSnapshot = () => this.#writeGapFrames(gap, frames);
      this.onDrain();
    });
  }

  /** Returns the events of a snapshot, and then their position. */
  snapshotFrames(events: readonly unknown[], cursor: string): string {
    const contract = this.#session.route.options.events ?? this.#feed.contract;
    return events.map((event) => frameWithoutId(event, contract, this.#wire)).join('') + this.#wire.position(cursor);
  }

  #writeGapFrames(data: Gap['data'], frames: string): void {
    this.#connection.write(frames);
    this.#session.onGap(data);
  }

  end(logEnd: LogEnd): void {
    const lastFrames = this.#endFrame(logEnd);
    if (lastFrames === undefined) this.#connection.cut(logEnd);
    else this.#connection.end(logEnd, lastFrames);
  }

  endForShutdown(lastFrame: string, retry: number, done: () => void): void {
    this.#connection.endForShutdown(lastFrame, retry, done);
  }

  /** Ends the response with an error: of the log, of a closed or full feed, or a timeout. */
  fail(error: unknown): void {
    const connection = this.#connection;
    if (connection.state === 'waiting') return this.#session.refuse(error);
    const reason = hasTag<StreamTimeoutError>(error, 'StreamTimeoutError') ? 'timeout' : 'failed';
    const lastFrames = this.#framesOf(this.#session.handleError(error));
    // The reader of a full socket resumes from the position it has.
    if (lastFrames === undefined || connection.checkSocket() === 'busy') connection.cut(reason);
    else connection.end(reason, lastFrames);
  }

  onDrain(): void {
    if (this.#writeSnapshot !== undefined && this.#connection.checkSocket() === 'open') {
      this.#isHeld = false;
      this.#writeSnapshot();
      this.#writeSnapshot = undefined;
    }
    this.#feed.enqueue(this.reader);
  }

  /** Returns '': the entries of the log carry their positions. */
  takePositionFrame(): string {
    return '';
  }

  /** Returns '': nothing is pending, and the entries carry their positions. */
  takeLastFrames(): string {
    return '';
  }

  onClose(): void {
    this.#feed.removeReader(this.reader);
    this.#gzip?.leave();
  }

  #endFrame(logEnd: LogEnd): string | undefined {
    const { epoch, afterSequence } = this.reader;
    return this.#wire.end(endCursorOf(epoch, afterSequence), logEnd === 'failed');
  }

  /** Returns the last frames of a reader for an error, or `undefined` to cut: also for a value that cannot be sent. */
  #framesOf(outcome: ErrorOutcome): string | undefined {
    if (outcome === 'cut') return undefined;
    try {
      const contract = this.#session.route.options.events ?? this.#feed.contract;
      const lastEvent = outcome === 'end' ? '' : frameWithoutId(outcome.value, contract, this.#wire);
      return lastEvent + this.#endFrame('completed');
    } catch (error) {
      this.#session.reportOutcome(error);
      return undefined;
    }
  }
}
