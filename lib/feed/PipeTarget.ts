import type { Subscriber } from 'rxjs';
import { cursorOf } from '../event/Cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Gap } from '../event/Gap.ts';
import type { LogEnd } from '../log/EventLog.ts';
import type { EntryRange } from '../log/Segments.ts';
import type { EntryCache } from './EntryCache.ts';
import { Reader } from './Reader.ts';
import type { ReaderSession } from './ReaderSession.ts';
import type { StartPosition } from './startPosition.ts';

/** A reader of `feed.read`: it is given entries, for a pipeline of its own. */
export class PipeTarget extends Reader {
  readonly #subscriber: Subscriber<Entry<TypedEvent | Gap>>;
  readonly #decoded: EntryCache;
  readonly #visit: ReaderSession;

  constructor(subscriber: Subscriber<Entry<TypedEvent | Gap>>, decoded: EntryCache, visit: ReaderSession) {
    super();
    this.#subscriber = subscriber;
    this.#decoded = decoded;
    this.#visit = visit;
  }

  override get isReady(): boolean {
    return this.#visit.isReady;
  }

  /** Where no response says it, the pipeline is told first that something is missing. */
  begin({ how, requested, after }: StartPosition): void {
    if (this.#visit.opensWithGap || how === 'live' || how === 'exact') return;
    this.gap({ type: 'rxsse.gap', data: { reason: how, requested, resumedFrom: cursorOf(this.epoch, after) } });
  }

  override write(stretch: EntryRange): boolean {
    this.#visit.follow(this.epoch);
    for (const entry of this.#decoded.entriesOf(stretch, this.epoch)) {
      if (this.#subscriber.closed) return false;
      this.#subscriber.next(entry);
    }
    // How far it has come, for a pipeline that let nothing of this through.
    this.#subscriber.next(new Entry<never>(this.epoch, stretch.last, undefined, undefined));
    // Here, so that the write is paid for in this reader's part of the turn.
    this.#visit.flush();
    return this.isReady;
  }

  override gap(gap: Gap): void {
    this.#visit.follow(this.epoch);
    this.#subscriber.next(new Entry(this.epoch, this.after, gap, undefined));
  }

  override end(how: LogEnd): void {
    this.#visit.ending(how);
    this.#subscriber.complete();
  }

  override disconnect(last: string, gone: () => void): void {
    this.#visit.drain(last, gone);
  }

  override fail(error: unknown): void {
    this.#subscriber.error(error);
  }
}
