import { map, Observable, throwError } from 'rxjs';
import { CapacityError } from '../error/CapacityError.ts';
import { ClosedError } from '../error/ClosedError.ts';
import { DrainingError, type RetryRange } from '../error/DrainingError.ts';
import { cursorOf } from '../event/Cursor.ts';
import type { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { checkSize } from '../log/checkSize.ts';
import { type Draft, placeable } from '../log/draftOf.ts';
import type { AppendOptions, EventLog, LogState } from '../log/EventLog.ts';
import type { BackoffOptions } from '../operator/restartWithBackoff.ts';
import { Decoded } from './Decoded.ts';
import { PipeReader } from './PipeReader.ts';
import { type FeedSource, Producer } from './Producer.ts';
import { Published } from './Published.ts';
import type { Reader } from './Reader.ts';
import { Readers } from './Readers.ts';
import { type Place, type Placement, placeOf } from './resume.ts';
import { UnpacedVisit } from './UnpacedVisit.ts';
import { type Visit, type Visited, visit } from './visit.ts';

/** What a feed is made of, with every default filled in. */
export interface CoreOptions {
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  readonly source: FeedSource<unknown> | undefined;
  readonly start: 'first-reader' | 'now';
  readonly grace: number;
  readonly restart: false | BackoffOptions;
  /** Of one event's data. */
  readonly maxEventBytes: number;
  readonly maxReaders: number;
  /** Reads of the log under way at once. */
  readonly replays: number;
  readonly onError: (error: unknown) => void;
  /** The source is over, or was left. */
  readonly onStop: () => void;
  /** The last reader left. */
  readonly onIdle: () => void;
}

/** A feed without the types that only its caller sees: a log, who fills it, and who reads it. */
export class FeedCore {
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  readonly #readers: Readers;
  readonly #producer: Producer | undefined;
  readonly #decoded: Decoded | undefined;
  readonly #onIdle: () => void;
  readonly #maxEventBytes: number;
  readonly #maxReaders: number;
  #closed = false;
  #draining: RetryRange | undefined;

  constructor(options: CoreOptions) {
    const { contract, log, source, start, maxEventBytes, maxReaders, replays, onError } = options;
    this.contract = contract;
    this.log = log;
    this.#maxEventBytes = maxEventBytes;
    this.#maxReaders = maxReaders;
    this.#readers = new Readers(log, replays);
    this.#decoded = contract && new Decoded(contract, onError);
    this.#producer = source && new Producer({ ...options, source });
    this.#onIdle = options.onIdle;
    if (start === 'now') this.#producer?.start();
  }

  /** Readers of this process. */
  get readers(): number {
    return this.#readers.count;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  publish(given: unknown, options: AppendOptions): Published {
    let drafts: readonly Draft[];
    try {
      drafts = Array.isArray(given) ? given.flatMap((event) => this.#draftsOf(event)) : this.#draftsOf(given);
    } catch (error) {
      return new Published((subscriber) => subscriber.error(error));
    }
    // The log is asked at once; who subscribes late, or never, changes nothing.
    const appended = this.log.append(drafts, options);
    return new Published((subscriber) =>
      appended.pipe(map(({ epoch, last }) => cursorOf(epoch, last))).subscribe(subscriber),
    );
  }

  /**
   * Finds the place of a reader and tells it. The source begins after that, so
   * that nothing it emits is missed; the reader is given what there is once it
   * says, with `begun`, that it can take it.
   */
  attach(reader: Reader, requested: string | undefined, placement: Placement, placed: Placed): void {
    if (this.#closed) return reader.fail(new ClosedError('the feed', 'closed'));
    if (this.#draining !== undefined) return reader.fail(new DrainingError(this.#draining));
    if (this.#readers.count >= this.#maxReaders) {
      return reader.fail(new CapacityError('readers of the feed', this.#maxReaders, 'readers'));
    }
    const placeOn = (state: LogState): Place => {
      const from = placement.from ?? (state.ended === false ? 'live' : 'oldest');
      return placeOf(requested, { ...placement, from }, state);
    };
    const settle = (place: Place, state: LogState): void => {
      reader.after = place.after;
      reader.epoch = state.epoch;
      placed(place, state);
      if (!place.ends && state.ended === false && reader.server !== undefined) this.#producer?.start();
    };
    this.#readers.join(reader, (state) => {
      const place = placeOn(state);
      if (place.how === 'live' || place.how === 'exact') settle(place, state);
      // Another process may have given it that cursor a moment ago: a gap is told of the log itself alone.
      else this.#readers.ask(reader, (now) => settle(placeOn(now), now));
    });
  }

  begun(reader: Reader, place: Place): void {
    if (reader.server === undefined) return;
    if (place.ends) reader.finish('completed');
    else this.#readers.begun(reader);
  }

  /** Takes no more readers, who are asked to wait so long, and gives those that it has, for them to be sent away. */
  drain(retry: RetryRange): readonly Reader[] {
    this.#draining = retry;
    return this.#readers.all;
  }

  /** Entries that the reader is behind, as far as this process knows. */
  lagOf(reader: Reader): number {
    return this.#readers.lagOf(reader);
  }

  get lags(): readonly number[] {
    return this.#readers.all.map((reader) => this.#readers.lagOf(reader));
  }

  /** The socket of a reader takes more again. */
  resume(reader: Reader): void {
    this.#readers.resume(reader);
  }

  leave(reader: Reader): void {
    if (reader.server === undefined) return;
    this.#readers.leave(reader);
    if (this.#readers.count > 0) return;
    this.#producer?.leave();
    this.#onIdle();
  }

  read(context: object): Observable<Entry<TypedEvent | Gap>> {
    if (!isVisited(context)) {
      throw new TypeError('read: expected the context of a route; outside a route there is after(cursor)');
    }
    const visited = context[visit];
    visited.claim(this.contract);
    return this.#piped(() => visited);
  }

  after(from: Placement['from']): Observable<Entry<TypedEvent | Gap>> {
    return this.#piped(() => new UnpacedVisit(from));
  }

  end(): Observable<void> {
    this.#producer?.close();
    return this.log.end('completed').pipe(map(() => undefined));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#producer?.close();
    this.#readers.failed(new ClosedError('the feed', 'closed'));
    this.log.close();
  }

  /** One, or none for what has no place in a log. */
  #draftsOf(event: unknown): readonly Draft[] {
    const draft = placeable(event, this.contract);
    if (draft === undefined) return none;
    checkSize(draft, this.#maxEventBytes);
    return [draft];
  }

  #piped(visiting: () => Visit): Observable<Entry<TypedEvent | Gap>> {
    const decoded = this.#decoded;
    if (decoded === undefined) return throwError(() => new TypeError('a run has no contract to decode by'));
    return new Observable((subscriber) => {
      const visited = visiting();
      const reader = new PipeReader(subscriber, decoded, visited);
      visited.enter(() => this.resume(reader));
      subscriber.add(() => this.leave(reader));
      this.attach(reader, visited.requested, visited.placement, (place, state) => {
        reader.begin(place);
        visited.placed(place, state, () => this.begun(reader, place));
      });
    });
  }
}

const none: readonly never[] = [];

type Placed = (place: Place, state: LogState) => void;

function isVisited(context: object): context is Visited {
  return visit in context;
}
