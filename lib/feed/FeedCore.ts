import { filter, map, Observable, throwError } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import { full, type RetryRange, shuttingDown } from '../error/UnavailableError.ts';
import type { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import { clock } from '../time/clock.ts';
import { EntryCache } from './EntryCache.ts';
import { type FeedMessage, feedChannels, publishStored } from './feedChannels.ts';
import { PipeTarget } from './PipeTarget.ts';
import { Producer, type ProducerOptions } from './Producer.ts';
import { Publisher } from './Publisher.ts';
import type { Reader, ReaderTarget } from './Reader.ts';
import { type ReaderSession, unpacedSession } from './ReaderSession.ts';
import { ReaderSet } from './ReaderSet.ts';
import {
  isServed,
  needsSnapshot,
  type SnapshotGap,
  type StartOptions,
  type StartPosition,
  startPosition,
} from './startPosition.ts';
import { type OnSnapshot, type ReadOptions, takeSnapshot } from './takeSnapshot.ts';

/** The options of a feed, with every default filled in. */
interface CoreOptions extends Omit<ProducerOptions, 'source' | 'append'> {
  readonly source: ProducerOptions['source'] | undefined;
  readonly start: 'first-reader' | 'now';
  readonly maxReaders: number;
  readonly maxConcurrentReads: number;
  /** Absent for a run, about which no message is published. */
  readonly names?: FeedMessage;
  /** Called when the last reader has left. A family also calls it when the source has stopped. */
  readonly onIdle: () => void;
}

/** A feed without the types that only its caller sees: a log, its producer and its readers. */
export class FeedCore {
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  readonly publisher: Publisher;
  readonly #readers: ReaderSet;
  readonly #producer: Producer | undefined;
  readonly #cache: EntryCache | undefined;
  readonly #options: CoreOptions;
  isClosed = false;
  #shutdown: RetryRange | undefined;

  constructor(options: CoreOptions) {
    const { contract, log, source, maxConcurrentReads, names, onError } = options;
    this.contract = contract;
    this.log = log;
    this.#options = options;
    this.#readers = new ReaderSet(log, maxConcurrentReads, onError);
    this.#cache = contract && new EntryCache(contract, log, onError);
    const append: EventLog['append'] = (events, how) => {
      const startedAt = feedChannels.publish?.hasSubscribers ? clock.now() : undefined;
      const appended = (this.#cache ?? log).append(events, how);
      if (startedAt !== undefined && names !== undefined) publishStored(appended, events, startedAt, names, this);
      return appended;
    };
    this.#producer = source && new Producer({ ...options, append, source });
    this.publisher = new Publisher({ ...options, append, onEnd: () => this.#producer?.close() });
  }

  /** How many readers the feed has in this process. */
  get readers(): number {
    return this.#readers.size;
  }

  /** True while it has readers, and while a source runs that needs none (`start: 'now'`). */
  get isInUse(): boolean {
    return this.readers > 0 || (this.#options.start === 'now' && this.#producer?.isStarted === true);
  }

  /**
   * Adds a reader, finds its start position and calls back with it. The source is subscribed after that, so that the
   * reader misses none of its events. Nothing is written to the reader before `startWriting` is called.
   */
  addReader(reader: Reader, requestedCursor: string | undefined, options: StartOptions, onPosition: OnPosition): void {
    if (this.isClosed) return reader.target.fail(new ClosedError('the feed', 'closed'));
    if (this.#shutdown !== undefined) return reader.target.fail(shuttingDown(this.#shutdown));
    const { maxReaders } = this.#options;
    if (this.readers >= maxReaders) return reader.target.fail(full('readers of the feed', maxReaders, 'maxReaders'));

    const find = (state: LogState): StartPosition => startPosition(requestedCursor, options, state);
    reader.gapPolicy = options.gapPolicy;
    reader.snapshot = options.gapPolicy === undefined ? options.snapshot : undefined;
    const setPosition = (position: StartPosition, state: LogState): void => {
      if (needsSnapshot(position, options)) startWithSnapshot(position, state);
      else {
        reader.afterSequence = position.afterSequence;
        reader.epoch = state.epoch;
        onPosition(position, state);
      }
      if (!position.ends && state.ended === false && reader.readerSet !== undefined) this.#producer?.start(true);
    };
    const startWithSnapshot = (position: StartPosition, state: LogState): void => {
      const { reason, requestedCursor: requested } = position;
      const gap = isServed(reason) ? undefined : { reason, requested };
      takeSnapshot(this.#readers, reader, state, options.snapshot, gap, ({ events, afterSequence }, now) =>
        onPosition({ ...position, afterSequence, snapshot: events }, now),
      );
    };
    this.#readers.add(reader, (state) => {
      const position = find(state);
      if (isServed(position.reason) && !needsSnapshot(position, options)) setPosition(position, state);
      // Another process may have sent that cursor a moment ago, or changed the state: only the log itself can tell.
      else this.#readers.readState(reader, (current) => setPosition(find(current), current));
    });
  }

  /**
   * Takes the snapshot of a connected reader that misses something, and calls back while it is connected. The position of the
   * log is read first, so that what is published meanwhile follows the snapshot.
   */
  takeSnapshot(reader: Reader, gap: SnapshotGap, use: OnSnapshot): void {
    this.#readers.readState(reader, (state) => takeSnapshot(this.#readers, reader, state, reader.snapshot, gap, use));
  }

  /** Subscribes to the source, although there is no reader yet. */
  start(): void {
    this.#producer?.start();
  }

  /** Starts to write to a reader, once its response has started. */
  startWriting(reader: Reader, position: StartPosition): void {
    if (reader.readerSet === undefined) return;
    if (position.ends) reader.target.end('completed');
    else this.#readers.startWriting(reader);
  }

  /** Refuses further readers, which get a `retry:` in that range, and returns the targets of the present ones. */
  shutdown(retry: RetryRange): readonly ReaderTarget[] {
    this.#shutdown = retry;
    // Another process can produce at once, and the readers that are still here get what it appends.
    if (this.#options.lease !== undefined) this.#producer?.close();
    return this.#readers.all.map(({ target }) => target);
  }

  /** Returns how many entries the reader is behind, as far as this process knows. */
  lagOf(reader: Reader): number {
    return this.#readers.lagOf(reader);
  }

  get lags(): readonly number[] {
    return this.#readers.all.map((reader) => this.#readers.lagOf(reader));
  }

  /** Enqueues a reader whose target is ready again: it is written to in its turn. */
  enqueue(reader: Reader): void {
    this.#readers.enqueue(reader);
  }

  removeReader(reader: Reader): void {
    if (reader.readerSet === undefined) return;
    this.#readers.remove(reader);
    if (this.#readers.size > 0) return;
    this.#producer?.leave();
    this.#options.onIdle();
  }

  /** Subscribes to the source again, if it is subscribed to. Returns false where the feed has no source. */
  restartSource(): boolean {
    return this.#producer?.restart() ?? false;
  }

  read(session: ReaderSession, { from, snapshot }: ReadOptions<unknown> = {}): Observable<Entry<TypedEvent | Gap>> {
    const isDefault = from === undefined && snapshot === undefined;
    return this.#pipe(() => session, isDefault ? undefined : { ...session.options, from, snapshot });
  }

  entries(options: ReadOptions<unknown> = {}): Observable<Entry<TypedEvent | Gap>> {
    return this.#pipe(() => unpacedSession(options)).pipe(filter(({ event }) => event !== undefined));
  }

  events(options?: ReadOptions<unknown>): Observable<TypedEvent | Gap> {
    return this.entries(options).pipe(map(({ event }) => event as TypedEvent | Gap));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#producer?.close();
    this.#readers.failed(new ClosedError('the feed', 'closed'));
    this.log.close();
  }

  #pipe(open: () => ReaderSession, options?: StartOptions): Observable<Entry<TypedEvent | Gap>> {
    const cache = this.#cache;
    if (cache === undefined) return throwError(() => new TypeError('a run has no contract to decode with'));
    return new Observable((subscriber) => {
      const session = open();
      const target = new PipeTarget(subscriber, cache, session, (gap, use) =>
        this.takeSnapshot(target.reader, gap, use),
      );
      const { reader } = target;
      session.onSubscribe(
        () => this.enqueue(reader),
        () => target.pause(),
      );
      subscriber.add(cache.addPipeline());
      subscriber.add(() => this.removeReader(reader));
      const start = target.inScope(options ?? session.options);
      this.addReader(reader, session.requestedCursor, start, (position, state) => {
        target.emitStartGap(position);
        session.onPosition(position, state, () => {
          if (position.snapshot !== undefined) target.writeSnapshot(position.snapshot);
          this.startWriting(reader, position);
        });
      });
    });
  }
}

type OnPosition = (position: StartPosition, state: LogState) => void;
