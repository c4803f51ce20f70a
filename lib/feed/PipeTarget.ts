import type { Subscriber } from 'rxjs';
import { captureScope, runIn } from '../data/asyncScope.ts';
import { cursorOf } from '../event/cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Gap } from '../event/Gap.ts';
import { type Pacing, PageEnd } from '../event/PageEnd.ts';
import type { EntryRange, LogEnd } from '../log/EventLog.ts';
import type { EntryCache } from './EntryCache.ts';
import { Reader, type ReaderTarget } from './Reader.ts';
import type { ReaderSession } from './ReaderSession.ts';
import { isServed, type SnapshotGap, type StartOptions, type StartPosition } from './startPosition.ts';
import { sweep } from './sweep.ts';
import type { OnSnapshot } from './takeSnapshot.ts';

/** How many bytes of the log the operators of a pipeline may have queued before the next page is read. */
const maxQueuedBytes = 64 * 1024;

/**
 * The target of `feed.read`: emits entries into a pipeline, no faster than the socket and the operators that queue them
 * take them.
 */
export class PipeTarget implements ReaderTarget, Pacing {
  readonly reader = new Reader(this);
  readonly #subscriber: Subscriber<Entry<TypedEvent | Gap>>;
  readonly #cache: EntryCache;
  readonly #session: ReaderSession;
  /** The operators run in the async context of the request, and not in that of a publication. */
  readonly #scope = captureScope();
  #queuedBytes = 0;
  #isPaused = false;
  /** True while a snapshot is being taken. */
  #isHeld = false;
  readonly #takeSnapshot: (gap: SnapshotGap, use: OnSnapshot) => void;

  /** @param takeSnapshot takes the snapshot of a reader that misses something while it is connected */
  constructor(
    subscriber: Subscriber<Entry<TypedEvent | Gap>>,
    cache: EntryCache,
    session: ReaderSession,
    takeSnapshot: (gap: SnapshotGap, use: OnSnapshot) => void,
  ) {
    this.#takeSnapshot = takeSnapshot;
    this.#subscriber = subscriber;
    this.#cache = cache;
    this.#session = session;
  }

  checkReady(): boolean {
    return !this.#isHeld && this.#queuedBytes < maxQueuedBytes && this.#session.checkReady();
  }

  /** Returns options whose snapshot is taken in the async context of the request. */
  inScope(options: StartOptions): StartOptions {
    const { snapshot } = options;
    if (snapshot === undefined) return options;
    return { ...options, snapshot: (gap) => runIn(this.#scope, () => snapshot(gap)) };
  }

  /** Emits the gap at the start position, where the response does not report it. */
  emitStartGap({ reason, requestedCursor: requested, afterSequence, snapshot }: StartPosition): void {
    if (this.#session.startsWithGap || isServed(reason)) return;
    const resumedFrom = cursorOf(this.reader.epoch, afterSequence);
    this.#emitGap({ type: 'rxsse.gap', data: { reason, requested, resumedFrom } }, snapshot !== undefined);
  }

  /**
   * Emits the events of a snapshot: the last one moves the reader to its position, the others leave it before that. Where
   * there are none, only the position is emitted.
   */
  writeSnapshot(events: readonly unknown[]): void {
    const { epoch, afterSequence } = this.reader;
    const all = events.length === 0 ? [undefined] : events;
    runIn(this.#scope, () => {
      all.forEach((event, index) => {
        const isPartial = index < events.length - 1;
        this.#subscriber.next(new Entry(epoch, afterSequence, event as TypedEvent | undefined, undefined, isPartial));
      });
    });
    this.#session.flush();
  }

  write(range: EntryRange): boolean {
    return runIn(this.#scope, () => this.#emit(range));
  }

  #emit(range: EntryRange): boolean {
    const { epoch } = this.reader;
    this.#session.enterEpoch(epoch);
    this.#isPaused = false;
    let { last } = range;
    for (const entry of this.#cache.entriesOf(range, epoch)) {
      if (this.#subscriber.closed) return false;
      this.#subscriber.next(entry);
      if (!this.#isPaused) continue;
      // What the pipeline made of a part of the page has filled the socket. The rest is read again.
      last = entry.sequence;
      this.reader.afterSequence = last;
      break;
    }
    // The position of the last entry, for a pipeline that filters all of them.
    this.#subscriber.next(new PageEnd(epoch, last, this, range.bytes.length));
    // Flushed here, so that the write counts towards this reader's slice of the turn.
    this.#session.flush();
    return this.checkReady();
  }

  /** Called when values of the pipeline have to wait for the socket: the rest of the page is read later. */
  pause(): void {
    this.#isPaused = true;
  }

  hold(bytes: number): void {
    this.#queuedBytes += bytes;
  }

  release(bytes: number): void {
    const wasFull = this.#queuedBytes >= maxQueuedBytes;
    this.#queuedBytes -= bytes;
    if (wasFull && this.#queuedBytes < maxQueuedBytes && this.reader.readerSet !== undefined) sweep().add(this.reader);
  }

  writeGap(gap: Gap): void {
    const { reader } = this;
    if (reader.snapshot === undefined) return this.#emitGap(gap, false);
    this.#isHeld = true;
    const { reason, requested } = gap.data;
    this.#takeSnapshot({ reason, requested }, ({ events, afterSequence }, { epoch }) => {
      this.#isHeld = false;
      this.#emitGap({ ...gap, data: { reason, requested, resumedFrom: cursorOf(epoch, afterSequence) } }, true);
      this.writeSnapshot(events);
      if (reader.readerSet !== undefined) sweep().add(reader);
    });
  }

  /** @param isPartial leaves the reader at the position it has, since a snapshot follows */
  #emitGap(gap: Gap, isPartial: boolean): void {
    const { epoch, afterSequence } = this.reader;
    this.#session.enterEpoch(epoch);
    runIn(this.#scope, () => this.#subscriber.next(new Entry(epoch, afterSequence, gap, undefined, isPartial)));
  }

  end(logEnd: LogEnd): void {
    this.#session.onEnd(logEnd);
    runIn(this.#scope, () => this.#subscriber.complete());
  }

  fail(error: unknown): void {
    runIn(this.#scope, () => this.#subscriber.error(error));
  }

  endForShutdown(lastFrame: string, retry: number, done: () => void): void {
    this.#session.endForShutdown(lastFrame, retry, done);
  }
}
