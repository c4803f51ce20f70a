import * as E from 'fp-ts/lib/Either.js';
import { AsyncSubject, Observable, of, Subject, switchMap, takeUntil, throwError } from 'rxjs';
import { ClosedError } from '../../error/ClosedError.ts';
import { StorageError } from '../../error/StorageError.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import type { Appended, AppendOptions, EventLog, LogEnd, LogState, Page } from '../EventLog.ts';
import type { Retention } from '../Segments.ts';
import type { Environment } from './Environment.ts';
import { idLine, storedEntry, wireLength } from './entry.ts';
import { entryKey, hashOf, type Table } from './layout.ts';
import { pageIn } from './pageIn.ts';
import { appendedBefore, remember } from './remembered.ts';
import { type Asker, logStateOf, putState, type StoredState, stateIn, stateToWrite } from './StoredState.ts';
import { trim } from './trim.ts';
import { type Durability, Write } from './Write.ts';

export interface StoredLogOptions {
  readonly name: string;
  readonly retention: Retention;
  /** Idempotency keys that are remembered. */
  readonly keys: number;
  readonly durability: Durability;
  /** The start of the machine. */
  readonly boot: string;
  /** The wall clock. */
  now(): number;
}

/** One log of an environment; holds no entry and no state in memory, for other processes write too. */
export class StoredLog implements EventLog {
  readonly wakes: Observable<void>;
  readonly #environment: Environment;
  readonly #options: StoredLogOptions;
  readonly #hash: Uint8Array;
  readonly #closing = new Subject<void>();
  #asker: Asker;
  #closed = false;

  /** @param environment held for it; closing releases it. */
  constructor(environment: Environment, options: StoredLogOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#asker = { name: options.name, boot: options.boot, met: false };
    this.#hash = hashOf(options.name);
    this.wakes = new Observable<void>((subscriber) => {
      if (this.#closed) return subscriber.complete();
      return environment.watchers.add(this.#hash, () => subscriber.next());
    }).pipe(takeUntil(this.#closing));
  }

  append(drafts: readonly EncodedEvent[], { key }: AppendOptions = {}): Observable<Appended> {
    // Before the transaction, which other processes wait for.
    const time = this.#options.now();
    const entries = drafts.map((draft) => storedEntry(draft, time));
    return this.#write((table, state) => {
      const before = key === undefined ? undefined : appendedBefore(table, this.#hash, key);
      if (before !== undefined) return E.right(before);
      if (state.ended !== false) return E.left(new ClosedError('the log', 'ended'));
      const grown = this.#add(table, state, entries, time);
      const appended: Appended = { epoch: state.epoch, first: state.tail + 1, last: grown.tail };
      const kept = key === undefined ? grown : remember(table, this.#hash, grown, key, appended, this.#options.keys);
      putState(table, this.#hash, kept);
      return E.right(appended);
    });
  }

  read(after: number, maxBytes: number): Observable<Page> {
    if (this.#closed) return throwError(() => new ClosedError('the log', 'closed'));
    return this.#read(after, maxBytes);
  }

  end(how: LogEnd): Observable<LogState> {
    return this.#write((table, state) => {
      const ended = state.ended === false ? { ...state, ended: how } : state;
      putState(table, this.#hash, ended);
      return E.right(logStateOf(ended));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.next();
    this.#closing.complete();
    this.#environment.release();
  }

  #read(after: number, maxBytes: number): Observable<Page> {
    try {
      const page = this.#page(after, maxBytes);
      if (page !== undefined) return of(page);
    } catch (error) {
      return throwError(() => error);
    }
    // A new log, or one that the last start of the machine left without an epoch. Who reads needs no flush.
    const begun = this.#write((table, state) => {
      putState(table, this.#hash, state);
      return E.right(state);
    }, 'visible');
    const page = new AsyncSubject<Page>();
    begun.pipe(switchMap(() => this.#read(after, maxBytes))).subscribe(page);
    return page.asObservable();
  }

  #write<T>(
    work: (table: Table, state: StoredState) => E.Either<Error, T>,
    durability = this.#options.durability,
  ): Observable<T> {
    if (this.#closed) return throwError(() => new ClosedError('the log', 'closed'));
    const written = this.#environment.write(
      new Write(this.#hash, durability, (table) => {
        const state = E.tryCatch(
          () => stateToWrite(table, this.#hash, this.#asker),
          (error) => new StorageError(`write to the log named ${JSON.stringify(this.#options.name)}`, error),
        );
        return E.isLeft(state) ? state : work(table, state.right);
      }),
    );
    if (!this.#asker.met) written.subscribe({ complete: () => this.#met(), error: () => {} });
    return written;
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

  #page(after: number, maxBytes: number): Page | undefined {
    return this.#environment.snapshot((table) => {
      const state = stateIn(table, this.#hash, this.#asker);
      if (state === undefined) return undefined;
      this.#met();
      return pageIn(table, this.#hash, state, after, maxBytes);
    });
  }

  #met(): void {
    if (!this.#asker.met) this.#asker = { ...this.#asker, met: true };
  }
}
