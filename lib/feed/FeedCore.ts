import { filter, map, Observable, throwError } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import { full, type RetryRange, UnavailableError } from '../error/UnavailableError.ts';
import { cursorOf } from '../event/Cursor.ts';
import type { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type EncodedEvent, encodeLogged } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { checkSize } from '../log/checkSize.ts';
import type { AppendOptions, EventLog, LogState } from '../log/EventLog.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import { Ack } from './Ack.ts';
import { EntryCache } from './EntryCache.ts';
import { PipeTarget } from './PipeTarget.ts';
import { type FeedSource, Producer } from './Producer.ts';
import type { Reader } from './Reader.ts';
import { type ReaderSession, type RouteContext, readerSession } from './ReaderSession.ts';
import { ReaderSet } from './ReaderSet.ts';
import { type FromOptions, type StartOptions, type StartPosition, startPosition } from './startPosition.ts';
import { UnpacedSession } from './UnpacedVisit.ts';

/** What a feed is made of, with every default filled in. */
export interface CoreOptions {
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  readonly source: FeedSource<unknown> | undefined;
  readonly start: 'first-reader' | 'now';
  readonly linger: number;
  readonly restart: boolean | BackoffOptions;
  /** Of one event's data. */
  readonly maxEventBytes: number;
  readonly maxReaders: number;
  /** Reads of the log under way at once. */
  readonly maxConcurrentReads: number;
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
  readonly #readers: ReaderSet;
  readonly #producer: Producer | undefined;
  readonly #decoded: EntryCache | undefined;
  readonly #onIdle: () => void;
  readonly #maxEventBytes: number;
  readonly #maxReaders: number;
  #closed = false;
  #draining: RetryRange | undefined;

  constructor(options: CoreOptions) {
    const { contract, log, source, start, maxEventBytes, maxReaders, maxConcurrentReads, onError } = options;
    this.contract = contract;
    this.log = log;
    this.#maxEventBytes = maxEventBytes;
    this.#maxReaders = maxReaders;
    this.#readers = new ReaderSet(log, maxConcurrentReads);
    this.#decoded = contract && new EntryCache(contract, onError);
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

  publish(given: unknown, options: AppendOptions): Ack<string> {
    let drafts: readonly EncodedEvent[];
    try {
      drafts = Array.isArray(given) ? given.flatMap((event) => this.#draftsOf(event)) : this.#draftsOf(given);
    } catch (error) {
      return new Ack((subscriber) => subscriber.error(error));
    }
    // The log is asked at once; who subscribes late, or never, changes nothing.
    const appended = this.log.append(drafts, options);
    return new Ack((subscriber) =>
      appended.pipe(map(({ epoch, last }) => cursorOf(epoch, last))).subscribe(subscriber),
    );
  }

  /**
   * Finds the place of a reader and tells it. The source begins after that, so
   * that nothing it emits is missed; the reader is given what there is once it
   * says, with `begun`, that it can take it.
   */
  attach(reader: Reader, requested: string | undefined, placement: StartOptions, placed: Placed): void {
    if (this.#closed) return reader.fail(new ClosedError('the feed', 'closed'));
    if (this.#draining !== undefined)
      return reader.fail(
        new UnavailableError('shutdown', 'the server is shutting down; come back later', this.#draining),
      );
    if (this.#readers.count >= this.#maxReaders) {
      return reader.fail(full('readers of the feed', this.#maxReaders, 'maxReaders'));
    }
    const placeOn = (state: LogState): StartPosition => {
      const from = placement.from ?? (state.ended === false ? 'live' : 'oldest');
      return startPosition(requested, { ...placement, from }, state);
    };
    const settle = (place: StartPosition, state: LogState): void => {
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

  readerReady(reader: Reader, place: StartPosition): void {
    if (reader.server === undefined) return;
    if (place.ends) reader.end('completed');
    else this.#readers.ready(reader);
  }

  /** Takes no more readers, who are asked to wait so long, and gives those that it has, for them to be sent away. */
  shutdown(retry: RetryRange): readonly Reader[] {
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
    const visited = context[readerSession];
    visited.claim(this.contract);
    return this.#piped(() => visited);
  }

  entries({ from = 'live' }: FromOptions = {}): Observable<Entry<TypedEvent | Gap>> {
    return this.#piped(() => new UnpacedSession(from)).pipe(filter((entry) => entry.event !== undefined));
  }

  events(options?: FromOptions): Observable<TypedEvent | Gap> {
    return this.entries(options).pipe(map((entry) => entry.event as TypedEvent | Gap));
  }

  end(): Ack<void> {
    this.#producer?.close();
    const ended = this.log.end('completed').pipe(map(() => undefined));
    return new Ack((subscriber) => ended.subscribe(subscriber));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#producer?.close();
    this.#readers.failed(new ClosedError('the feed', 'closed'));
    this.log.close();
  }

  /** One, or none for what has no place in a log. */
  #draftsOf(event: unknown): readonly EncodedEvent[] {
    const draft = encodeLogged(event, this.contract);
    if (draft === undefined) return none;
    checkSize(draft, this.#maxEventBytes);
    return [draft];
  }

  #piped(visiting: () => ReaderSession): Observable<Entry<TypedEvent | Gap>> {
    const decoded = this.#decoded;
    if (decoded === undefined) return throwError(() => new TypeError('a run has no contract to decode by'));
    return new Observable((subscriber) => {
      const visited = visiting();
      const reader = new PipeTarget(subscriber, decoded, visited);
      visited.enter(() => this.resume(reader));
      subscriber.add(() => this.leave(reader));
      this.attach(reader, visited.requested, visited.placement, (place, state) => {
        reader.begin(place);
        visited.placed(place, state, () => this.readerReady(reader, place));
      });
    });
  }
}

const none: readonly never[] = [];

type Placed = (place: StartPosition, state: LogState) => void;

function isVisited(context: object): context is RouteContext {
  return readerSession in context;
}
