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
import type { StartPosition } from './startPosition.ts';
import { sweep } from './sweep.ts';

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

  constructor(subscriber: Subscriber<Entry<TypedEvent | Gap>>, cache: EntryCache, session: ReaderSession) {
    this.#subscriber = subscriber;
    this.#cache = cache;
    this.#session = session;
  }

  checkReady(): boolean {
    return this.#queuedBytes < maxQueuedBytes && this.#session.checkReady();
  }

  /** Emits the gap at the start position, where the response does not report it. */
  emitStartGap({ reason, requestedCursor: requested, afterSequence }: StartPosition): void {
    if (this.#session.startsWithGap || reason === 'live' || reason === 'exact') return;
    const resumedFrom = cursorOf(this.reader.epoch, afterSequence);
    this.writeGap({ type: 'rxsse.gap', data: { reason, requested, resumedFrom } });
  }

  /** Emits the events of a snapshot: the last one moves the reader to its position, the others leave it before that. */
  writeSnapshot(events: readonly unknown[]): void {
    const { epoch, afterSequence } = this.reader;
    runIn(this.#scope, () => {
      events.forEach((event, index) => {
        const isPartial = index < events.length - 1;
        this.#subscriber.next(new Entry(epoch, afterSequence, event as TypedEvent, undefined, isPartial));
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
    const { epoch, afterSequence } = this.reader;
    this.#session.enterEpoch(epoch);
    runIn(this.#scope, () => this.#subscriber.next(new Entry(epoch, afterSequence, gap, undefined)));
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
