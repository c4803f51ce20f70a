import { type Observable, of, Subject, throwError } from 'rxjs';
import { checkBytes, checkDuration, checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { RecentKeys } from '../data/RecentKeys.ts';
import { ClosedError } from '../error/ClosedError.ts';
import { cursorOf, freshEpoch } from '../event/cursor.ts';
import type { EncodedEvent } from '../event/encodeEvent.ts';
import { clock } from '../time/clock.ts';
import { encodeMessage } from '../wire/encodeFrame.ts';
import { type Claim, checkLease, claimBy, claimStateOf, fenceError, noClaim } from './Claim.ts';
import type {
  Appended,
  AppendOptions,
  ClaimState,
  EventLog,
  FenceOptions,
  LogEnd,
  LogState,
  Page,
} from './EventLog.ts';
import { Segments } from './Segments.ts';
import { Settled } from './Settled.ts';

/**
 * How much a memory log retains: at least as much as the bound that is reached first, and at most an eighth more, or
 * one entry.
 *
 * @category log
 */
export interface MemoryLogOptions {
  /** The most entries, the newest ones. 1 or more; `Infinity` leaves it to the other bounds. @default 10000 */
  readonly maxEntries?: number;
  /**
   * The most bytes of history, as they are sent. 1 or more; `Infinity` leaves it to the other bounds. Bounds below 8
   * KiB apply in steps of 1 KiB.
   *
   * @default 16777216, 16 MiB
   */
  readonly maxBytes?: number;
  /**
   * The age in milliseconds after which an entry is removed. It is checked when the log is appended to or read, so that
   * an entry that is older by an eighth is never read. Above 0. @default Infinity: never for its age
   */
  readonly maxAge?: number;
  /** The most idempotency keys that are remembered, the newest ones. 0 or more. @default 10000 */
  readonly maxKeys?: number;
}

/**
 * Stores entries in the memory of this process; the default log of a feed.
 *
 * The entries end with the process, so every log has an epoch of its own: a reader that reconnects to a restarted
 * server gets a gap. It is synchronous; all its Observables have completed when they are returned.
 *
 * @example Retain a quarter of an hour, or 64 MiB of it
 * const log = memoryLog({ maxAge: 15 * 60_000, maxEntries: Infinity, maxBytes: 64 * 1024 * 1024 });
 *
 * @throws TypeError or RangeError at once, for a bound that is not valid.
 * @category log
 */
export function memoryLog(options: MemoryLogOptions = {}): EventLog {
  checkOptions('memoryLog', options, { maxEntries: '', maxBytes: '', maxAge: '', maxKeys: '' });
  return new MemoryLog(options);
}

const noEntries: readonly never[] = [];

class MemoryLog implements EventLog {
  readonly inMemory = true;
  readonly wakes = new Subject<void>();
  #epoch = freshEpoch();
  readonly #segments: Segments;
  readonly #hasAge: boolean;
  readonly #keys: RecentKeys<Appended>;
  #ended: false | LogEnd = false;
  #closed = false;
  #claim: Claim = noClaim;

  constructor({
    maxEntries = 10_000,
    maxBytes = 16 * 1024 * 1024,
    maxAge = Infinity,
    maxKeys = 10_000,
  }: MemoryLogOptions) {
    checkNumber('memoryLog: maxEntries', maxEntries, { min: 1 });
    checkBytes('memoryLog: maxBytes', maxBytes);
    checkDuration('memoryLog: maxAge', maxAge);
    checkNumber('memoryLog: maxKeys', maxKeys, { min: 0 });
    this.#segments = new Segments({ entries: maxEntries, bytes: maxBytes, age: maxAge });
    this.#hasAge = maxAge !== Infinity;
    this.#keys = new RecentKeys(maxKeys);
  }

  append(events: readonly EncodedEvent[], { key, token }: AppendOptions = {}): Observable<Appended> {
    if (this.#closed) return throwError(() => new ClosedError('the log', 'closed'));
    const before = key === undefined ? undefined : this.#keys.find(key);
    if (before !== undefined) return new Settled(before);
    if (this.#ended !== false) return throwError(() => new ClosedError('the log', 'ended'));
    const fenced = token === undefined ? undefined : fenceError(token, this.#claim);
    if (fenced !== undefined) return throwError(() => fenced);

    const now = clock.now();
    const first = this.#segments.tail + 1;
    const [only] = events;
    if (events.length === 1 && only !== undefined) this.#segments.add(this.#frameOf(only, first), now);
    else {
      // All events are encoded before the first is added: one that cannot be encoded leaves nothing behind.
      const blocks = events.map((event, index) => this.#frameOf(event, first + index));
      for (const block of blocks) this.#segments.add(block, now);
    }
    this.#segments.trim(now);
    const appended: Appended = { epoch: this.#epoch, first, last: this.#segments.tail };
    if (key !== undefined) this.#keys.add(key, appended);
    if (events.length > 0) this.wakes.next();
    return new Settled(appended);
  }

  read(after: number, maxBytes: number): Observable<Page> {
    return this.#closed ? throwError(() => new ClosedError('the log', 'closed')) : of(this.readNow(after, maxBytes));
  }

  readNow(after: number, maxBytes: number): Page {
    if (this.#closed) throw new ClosedError('the log', 'closed');
    if (this.#hasAge) this.#segments.trim(clock.now());
    const range = this.#segments.read(after, maxBytes);
    const { floor, tail } = this.#segments;
    // Field by field, since spreading two objects into one takes ten times as long as all the rest.
    return {
      epoch: this.#epoch,
      past: noEntries,
      floor,
      tail,
      ended: this.#ended,
      after: range.after,
      last: range.last,
      bytes: range.bytes,
    };
  }

  end(how: LogEnd, { token }: FenceOptions = {}): Observable<LogState> {
    if (this.#closed) return throwError(() => new ClosedError('the log', 'closed'));
    if (this.#ended === false) {
      const fenced = token === undefined ? undefined : fenceError(token, this.#claim);
      if (fenced !== undefined) return throwError(() => fenced);
      this.#ended = how;
      this.wakes.next();
    }
    return of(this.#state());
  }

  claim(holder: string, lease: number): Observable<ClaimState> {
    checkLease(lease);
    if (this.#closed) return throwError(() => new ClosedError('the log', 'closed'));
    if (this.#ended !== false) return throwError(() => new ClosedError('the log', 'ended'));
    const now = clock.now();
    const before = this.#claim;
    this.#claim = claimBy(before, holder, lease, now);
    const state = claimStateOf(this.#claim, holder, now);
    if (lease === 0 && this.#claim !== before) this.wakes.next();
    return of(state);
  }

  prefixEpochs(prefix: string): void {
    this.#epoch = freshEpoch(prefix);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keys.clear();
    this.#segments.reset(this.#segments.tail);
    this.wakes.complete();
  }

  #frameOf({ event, data, retry }: EncodedEvent, sequence: number): string {
    return encodeMessage(cursorOf(this.#epoch, sequence), event, data, retry);
  }

  #state(): LogState {
    const { floor, tail } = this.#segments;
    return { epoch: this.#epoch, past: noEntries, floor, tail, ended: this.#ended };
  }
}
