import * as E from 'fp-ts/lib/Either.js';
import { forkJoin, type Observable, type Subscription } from 'rxjs';
import { reportError } from '../../error/reportError.ts';
import { scheduleIdle } from '../../time/scheduleIdle.ts';
import { hashOfState, stateKeyAfter, type Table } from './layout.ts';
import { QueuedWrite } from './QueuedWrite.ts';
import { putState, type StoredState, statesIn, storedIn } from './StoredState.ts';
import { isPastAge, maxTrimmed, trimAged } from './trim.ts';

/** How many logs are looked at in one turn of the loop, some milliseconds of work. */
const statesPerStep = 256;
/** The wait between two steps of one round, in ms, in which other processes write. */
const stepDelay = 100;
/** The bounds of the wait between two rounds, in ms; between them it is an eighth of the shortest age. */
const minRoundDelay = 1000;
const maxRoundDelay = 60_000;

/** The environment, as far as it is used. */
interface Storage {
  snapshot<T>(read: (table: Table) => T): T;
  write<T>(write: QueuedWrite<T>): Observable<T>;
}

/**
 * Removes entries that are older than the age of their log where nothing is appended any more: of every log in the
 * environment, since its last writer has stored the age, also of logs that no process has open. It runs while this
 * process has a log with an age open, and its timer does not hold the process.
 */
export class Expiry {
  readonly #environment: Storage;
  /** The ages of the open logs, in ms. A log that was stored without an age has one as soon as it is opened with one. */
  readonly #ages = new Map<string, number>();
  #timer: Subscription | undefined;
  /** The key of the next state to look at; `undefined` at the start of a round. */
  #next: Uint8Array | undefined;

  constructor(environment: Storage) {
    this.#environment = environment;
  }

  /** Adds a log with an age that has been opened. The first round starts now. */
  add(log: Uint8Array, age: number, now: () => number): void {
    const isFirst = this.#ages.size === 0;
    this.#ages.set(ageKeyOf(log), age);
    if (isFirst) this.#schedule(now, stepDelay);
  }

  /** Removes a log that is closed. */
  remove(log: Uint8Array): void {
    this.#ages.delete(ageKeyOf(log));
    if (this.#ages.size > 0) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    this.#next = undefined;
  }

  #schedule(now: () => number, delay: number): void {
    this.#timer?.unsubscribe();
    this.#timer = this.#ages.size === 0 ? undefined : scheduleIdle(() => this.#step(now), delay);
  }

  #step(now: () => number): void {
    try {
      const due = this.#findDue(now());
      if (due.length === 0) return this.#schedule(now, this.#next === undefined ? this.#roundDelay() : stepDelay);
      forkJoin(due.map((log) => this.#expire(log, now))).subscribe({
        complete: () => this.#schedule(now, stepDelay),
        error: (error) => this.#fail(error, now),
      });
    } catch (error) {
      this.#fail(error, now);
    }
  }

  /** The next round repeats what failed. */
  #fail(error: unknown, now: () => number): void {
    reportError('lmdbLog: the removal of old entries', error);
    this.#next = undefined;
    this.#schedule(now, maxRoundDelay);
  }

  /** Looks at the next logs, and returns those with entries to remove: as many of them as one transaction removes. */
  #findDue(now: number): readonly Uint8Array[] {
    const states = this.#environment.snapshot((table) => statesIn(table, this.#next, statesPerStep));
    const due: Uint8Array[] = [];
    let entries = 0;
    for (const { key, state } of states) {
      const log = hashOfState(key);
      this.#next = stateKeyAfter(key);
      if (state === undefined || !isPastAge(state, this.#ageOf(log, state), now)) continue;
      due.push(log);
      entries += Math.min(state.tail - state.floor, maxTrimmed);
      // The step after it looks at this log again, which may have more to remove.
      this.#next = key;
      if (entries >= maxTrimmed) return due;
    }
    if (states.length < statesPerStep && due.length === 0) this.#next = undefined;
    return due;
  }

  #expire(log: Uint8Array, now: () => number): Observable<undefined> {
    const work = (table: Table): E.Either<Error, undefined> => {
      const state = storedIn(table, log);
      // Another process may have been first.
      if (state === undefined) return E.right(undefined);
      putState(table, log, trimAged(table, log, state, this.#ageOf(log, state), now()));
      return E.right(undefined);
    };
    return this.#environment.write(new QueuedWrite(log, 'visible', work));
  }

  #ageOf(log: Uint8Array, { age = Infinity }: StoredState): number {
    return this.#ages.get(ageKeyOf(log)) ?? age;
  }

  #roundDelay(): number {
    return Math.max(minRoundDelay, Math.min(...this.#ages.values(), 8 * maxRoundDelay) / 8);
  }
}

const ageKeyOf = (log: Uint8Array): string => Buffer.from(log).toString('latin1');
