import type { Subscriber } from 'rxjs';
import { captureScope, runIn } from '../data/asyncScope.ts';
import { cursorOf } from '../event/cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Gap } from '../event/Gap.ts';
import type { EntryRange, LogEnd } from '../log/EventLog.ts';
import type { EntryCache } from './EntryCache.ts';
import { Reader, type ReaderTarget } from './Reader.ts';
import type { ReaderSession } from './ReaderSession.ts';
import type { StartPosition } from './startPosition.ts';

/** The target of `feed.read`: emits entries into a pipeline. */
export class PipeTarget implements ReaderTarget {
  readonly reader = new Reader(this);
  readonly #subscriber: Subscriber<Entry<TypedEvent | Gap>>;
  readonly #cache: EntryCache;
  readonly #session: ReaderSession;
  /** The operators run in the async context of the request, and not in that of a publication. */
  readonly #scope = captureScope();

  constructor(subscriber: Subscriber<Entry<TypedEvent | Gap>>, cache: EntryCache, session: ReaderSession) {
    this.#subscriber = subscriber;
    this.#cache = cache;
    this.#session = session;
  }

  get isReady(): boolean {
    return this.#session.isReady;
  }

  /** Emits the gap at the start position, where the response does not report it. */
  start({ how, requested, after }: StartPosition): void {
    if (this.#session.startsWithGap || how === 'live' || how === 'exact') return;
    const resumedFrom = cursorOf(this.reader.epoch, after);
    this.gap({ type: 'rxsse.gap', data: { reason: how, requested, resumedFrom } });
  }

  write(range: EntryRange): boolean {
    return runIn(this.#scope, () => this.#emit(range));
  }

  #emit(range: EntryRange): boolean {
    const { epoch } = this.reader;
    this.#session.enterEpoch(epoch);
    for (const entry of this.#cache.entriesOf(range, epoch)) {
      if (this.#subscriber.closed) return false;
      this.#subscriber.next(entry);
    }
    // The position of the last entry, for a pipeline that filters all of them.
    this.#subscriber.next(new Entry<never>(epoch, range.last, undefined, undefined));
    // Flushed here, so that the write counts towards this reader's slice of the turn.
    this.#session.flush();
    return this.isReady;
  }

  gap(gap: Gap): void {
    const { epoch, after } = this.reader;
    this.#session.enterEpoch(epoch);
    runIn(this.#scope, () => this.#subscriber.next(new Entry(epoch, after, gap, undefined)));
  }

  end(how: LogEnd): void {
    this.#session.ending(how);
    runIn(this.#scope, () => this.#subscriber.complete());
  }

  fail(error: unknown): void {
    runIn(this.#scope, () => this.#subscriber.error(error));
  }

  disconnect(lastFrame: string, retry: number, done: () => void): void {
    this.#session.disconnect(lastFrame, retry, done);
  }
}
