import * as E from 'fp-ts/lib/Either.js';
import { AsyncSubject, first, interval, map, Observable, of, Subject, switchMap, takeUntil, throwError } from 'rxjs';
import { ClosedError } from '../../error/ClosedError.ts';
import { StorageError } from '../../error/StorageError.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { checkLease, fenceError } from '../Claim.ts';
import { closedLog } from '../closedLog.ts';
import type {
  Appended,
  AppendOptions,
  ClaimState,
  EventLog,
  FenceOptions,
  LogEnd,
  LogState,
  Page,
} from '../EventLog.ts';
import type { Retention } from '../Segments.ts';
import { claimIn, claimLog } from './claimIn.ts';
import type { Environment } from './Environment.ts';
import { idLine, storedEntry, wireLength } from './entry.ts';
import { appendedBefore, remember } from './idempotencyKeys.ts';
import { entryKey, hashOf, type Table } from './layout.ts';
import { type Durability, QueuedWrite } from './QueuedWrite.ts';
import { readPage } from './readPage.ts';
import {
  logStateOf,
  putState,
  type StateReader,
  type StoredState,
  stateIn,
  stateToWrite,
  storedIn,
} from './StoredState.ts';
import { trim } from './trim.ts';

/** How many milliseconds a read waits at most for a commit that this process has seen before. */
const maxWaits = 5000;

export interface StoredLogOptions {
  readonly name: string;
  readonly retention: Retention;
  /** The most idempotency keys that are remembered. */
  readonly keys: number;
  readonly durability: Durability;
  /** Identifies the boot of the machine. */
  readonly boot: string;
  /** The wall clock. */
  now(): number;
  /** The monotonic clock of the machine, in ms: the same one in all its processes, and never set. */
  elapsed(): number;
}

/** One log of an environment. It holds no entries and no state in memory, since other processes write as well. */
export class StoredLog implements EventLog {
  readonly shared = true;
  readonly wakes: Observable<void>;
  readonly #environment: Environment;
  readonly #options: StoredLogOptions;
  readonly #hash: Uint8Array;
  readonly #closing = new Subject<void>();
  #reader: StateReader;
  #closed = false;

  /** @param environment held for the log; closing the log releases it */
  constructor(environment: Environment, options: StoredLogOptions) {
    this.#environment = environment;
    this.#options = options;
    const { age } = options.retention;
    this.#reader = { name: options.name, boot: options.boot, age, isKnown: false, epochPrefix: '' };
    this.#hash = hashOf(options.name);
    if (age !== Infinity) environment.expiry.add(this.#hash, age, options.now);
    this.wakes = new Observable<void>((subscriber) => {
      if (this.#closed) return subscriber.complete();
      return environment.watchers.add(this.#hash, () => subscriber.next());
    }).pipe(takeUntil(this.#closing));
  }

  append(events: readonly EncodedEvent[], { key, token }: AppendOptions = {}): Observable<Appended> {
    // Before the transaction, for which other processes wait.
    const time = this.#options.now();
    const entries = events.map((draft) => storedEntry(draft, time));
    return this.#write((table, state) => {
      const before = key === undefined ? undefined : appendedBefore(table, this.#hash, key);
      if (before !== undefined) return E.right(before);
      if (state.ended !== false) return E.left(new ClosedError('the log', 'ended'));
      const fenced = this.#fenceError(table, token);
      if (fenced !== undefined) return E.left(fenced);
      const grown = this.#add(table, state, entries, time);
      const appended: Appended = { epoch: state.epoch, first: state.tail + 1, last: grown.tail };
      const remembered =
        key === undefined ? grown : remember(table, this.#hash, grown, key, appended, this.#options.keys);
      putState(table, this.#hash, remembered);
      return E.right(appended);
    });
  }

  read(after: number, maxBytes: number): Observable<Page> {
    if (this.#closed) return closedLog();
    try {
      const page = this.#page(after, maxBytes, true);
      if (page === 'stale') return this.#readLater(after, maxBytes);
      if (page !== undefined) return of(page);
    } catch (error) {
      return throwError(() => error);
    }
    // The last boot of the machine left the log without an epoch; the first read after it stores one, and no key more.
    // A reader needs no flush.
    const started = this.#write((table, state) => {
      putState(table, this.#hash, state);
      return E.right(state);
    }, 'visible');
    const page = new AsyncSubject<Page>();
    started.pipe(switchMap(() => this.read(after, maxBytes))).subscribe(page);
    return page.asObservable();
  }

  end(how: LogEnd, { token }: FenceOptions = {}): Observable<LogState> {
    return this.#write((table, state) => {
      const fenced = state.ended === false ? this.#fenceError(table, token) : undefined;
      if (fenced !== undefined) return E.left(fenced);
      const ended = state.ended === false ? { ...state, ended: how } : state;
      putState(table, this.#hash, ended);
      return E.right(logStateOf(ended));
    });
  }

  claim(holder: string, lease: number): Observable<ClaimState> {
    checkLease(lease);
    const work = (table: Table): E.Either<Error, ClaimState> => {
      const state = this.#tryState(() => storedIn(table, this.#hash));
      if (E.isLeft(state)) return state;
      if (state.right !== undefined && state.right.ended !== false) return E.left(new ClosedError('the log', 'ended'));
      return E.right(claimLog(table, this.#hash, holder, lease, this.#options.elapsed()));
    };
    // A crash of the machine, after which only what was flushed is left, ends all holders as well.
    return this.#enqueue(new QueuedWrite(this.#hash, 'visible', work, lease > 0));
  }

  prefixEpochs(prefix: string): void {
    this.#reader = { ...this.#reader, epochPrefix: prefix };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.next();
    this.#closing.complete();
    this.#environment.expiry.remove(this.#hash);
    this.#environment.release();
  }

  #write<T>(
    work: (table: Table, state: StoredState) => E.Either<Error, T>,
    durability = this.#options.durability,
  ): Observable<T> {
    const written = this.#enqueue(
      new QueuedWrite(this.#hash, durability, (table) => {
        const state = this.#tryState(() => stateToWrite(table, this.#hash, this.#reader));
        return E.isLeft(state) ? state : work(table, state.right);
      }),
    );
    if (!this.#reader.isKnown) written.subscribe({ complete: () => this.#markKnown(), error: () => {} });
    return written;
  }

  #enqueue<T>(write: QueuedWrite<T>): Observable<T> {
    return this.#closed ? closedLog() : this.#environment.write(write);
  }

  #tryState<S>(read: () => S): E.Either<Error, S> {
    return E.tryCatch(
      read,
      (error) => new StorageError(`write to the log named ${JSON.stringify(this.#options.name)}`, error),
    );
  }

  #fenceError(table: Table, token: number | undefined): Error | undefined {
    return token === undefined ? undefined : fenceError(token, claimIn(table, this.#hash));
  }

  #add(table: Table, state: StoredState, entries: readonly Uint8Array[], time: number): StoredState {
    let { tail, bytes } = state;
    for (const entry of entries) {
      tail++;
      bytes += wireLength(idLine(state.epoch, tail), entry);
      table.put(entryKey(this.#hash, tail), entry);
    }
    const since = state.floor === state.tail ? time : state.since;
    const added = { entries: entries.length, bytes: bytes - state.bytes };
    return trim(table, this.#hash, { ...state, tail, bytes, since }, this.#options.retention, time, added);
  }

  /** Reads again until another process has opened the environment: not in a chain, too deep for the stack after a second. */
  #readLater(after: number, maxBytes: number): Observable<Page> {
    const page = new AsyncSubject<Page>();
    const found = interval(1).pipe(
      map((waits) => this.#page(after, maxBytes, waits + 1 < maxWaits)),
      first((found) => found !== 'stale'),
    );
    found.pipe(switchMap((found) => (found === undefined ? this.read(after, maxBytes) : of(found)))).subscribe(page);
    return page.asObservable();
  }

  #page(after: number, maxBytes: number, mayWait: boolean): Page | 'stale' | undefined {
    return this.#environment.snapshot((table) => {
      if (!mayWait) this.#environment.accept(table);
      else if (this.#environment.isStale(table)) return 'stale';
      const state = stateIn(table, this.#hash, this.#reader);
      if (state === undefined) return undefined;
      this.#markKnown();
      return readPage(table, this.#hash, state, after, maxBytes);
    });
  }

  #markKnown(): void {
    if (!this.#reader.isKnown) this.#reader = { ...this.#reader, isKnown: true };
  }
}
