import type { Subscriber } from 'rxjs';
import { cursorOf } from '../event/Cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Gap } from '../event/Gap.ts';
import type { LogEnd } from '../log/EventLog.ts';
import type { Stretch } from '../log/Segments.ts';
import type { Decoded } from './Decoded.ts';
import { Reader } from './Reader.ts';
import type { Place } from './resume.ts';
import type { Visit } from './visit.ts';

/** A reader of `feed.read`: it is given entries, for a pipeline of its own. */
export class PipeReader extends Reader {
  readonly #subscriber: Subscriber<Entry<TypedEvent | Gap>>;
  readonly #decoded: Decoded;
  readonly #visit: Visit;

  constructor(subscriber: Subscriber<Entry<TypedEvent | Gap>>, decoded: Decoded, visit: Visit) {
    super();
    this.#subscriber = subscriber;
    this.#decoded = decoded;
    this.#visit = visit;
  }

  override get isReady(): boolean {
    return this.#visit.isReady;
  }

  /** Where no response says it, the pipeline is told first that something is missing. */
  begin({ how, requested, after }: Place): void {
    if (this.#visit.opensWithGap || how === 'live' || how === 'exact') return;
    this.miss({ type: 'rxsse.gap', data: { reason: how, requested, resumedFrom: cursorOf(this.epoch, after) } });
  }

  override take(stretch: Stretch): boolean {
    this.#visit.follow(this.epoch);
    for (const entry of this.#decoded.of(stretch, this.epoch)) {
      if (this.#subscriber.closed) return false;
      this.#subscriber.next(entry);
    }
    // How far it has come, for a pipeline that let nothing of this through.
    this.#subscriber.next(new Entry<never>(this.epoch, stretch.last, undefined, undefined));
    // Here, so that the write is paid for in this reader's part of the turn.
    this.#visit.flush();
    return this.isReady;
  }

  override miss(gap: Gap): void {
    this.#visit.follow(this.epoch);
    this.#subscriber.next(new Entry(this.epoch, this.after, gap, undefined));
  }

  override finish(how: LogEnd): void {
    this.#visit.ending(how);
    this.#subscriber.complete();
  }

  override drain(last: string, gone: () => void): void {
    this.#visit.drain(last, gone);
  }

  override fail(error: unknown): void {
    this.#subscriber.error(error);
  }
}
