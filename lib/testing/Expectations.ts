import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { difference } from './difference.ts';
import type { Letter } from './Marks.ts';
import { lettersOf, recordsOf, recordsOfLogs, streamKinds, type TestMessage, type TestRecord } from './TestRecord.ts';
import { type Site, siteOf, testFailure } from './testFailure.ts';

/** The expectation of `expectObservable`. */
export interface StreamExpectation<T> {
  /** Expects a diagram, once. A letter without `values` stands for itself; with `values`, each letter has one. */
  toBe(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void;
  /** Expects the same as another stream. */
  toEqual(other: Observable<T>): void;
}

/** The expectation of `expectSubscriptions`. */
export interface SubscriptionExpectation {
  /** Expects one subscription for each diagram. */
  toBe(marbles: string | readonly string[]): void;
}

type Logs = Parameters<TestScheduler['expectSubscriptions']>[0];
type RxjsRecords = TestMessage[] | Logs;

/** One expectation, from the call of its helper until it is checked. */
export interface Expectation {
  readonly name: string;
  readonly madeAt: Site;
  /** The call site of its `toBe`. */
  site?: Site;
  /** The diagram whose letters are used, where there is one. */
  marbles?: string;
  /** The letters of the test and their values, where it has some. */
  letters?: readonly Letter[];
  /** Returns its failure when the run has ended. RxJS calls back instead. */
  evaluate?: () => Error | undefined;
}

/**
 * All expectations of a test, in their order.
 *
 * RxJS returns its records in the same order, but without their call sites: here each gets the line of its `toBe`.
 * Nothing is thrown in between, since RxJS would lose count.
 */
export class Expectations {
  readonly #open: Expectation[] = [];
  /** True if the diagram of an expectation that was checked has an error. */
  expectsError = false;

  /** The `assertDeepEqual` of a TestScheduler. */
  readonly compare = (actual: RxjsRecords, expected: RxjsRecords): void => {
    const next = this.#open.find(({ site, evaluate }) => site !== undefined && evaluate === undefined);
    if (next === undefined) throw new Error('marbles: this release of RxJS compares in another order than expected');
    const failure = difference(next, toRecords(actual), toRecords(expected, next.marbles));
    next.evaluate = () => failure;
  };

  observable<T>(
    scheduler: TestScheduler,
    observable: Observable<T>,
    subscription: string | null,
    madeAt: Site,
  ): StreamExpectation<T> {
    const ours = this.add('expectObservable', madeAt);
    const theirs = scheduler.expectObservable(observable, subscription);
    const toBe: StreamExpectation<T>['toBe'] = (marbles, values, error) => {
      checkUnset(ours);
      if (values !== undefined) checkLetters(ours.name, lettersOf(marbles), values);
      theirs.toBe(marbles, values, error);
      ours.marbles = marbles;
      ours.letters = Object.entries(values ?? {});
      ours.site = siteOf(toBe);
    };
    const toEqual: StreamExpectation<T>['toEqual'] = (other) => {
      checkUnset(ours);
      theirs.toEqual(other);
      ours.site = siteOf(toEqual);
    };
    return { toBe, toEqual };
  }

  subscriptions(scheduler: TestScheduler, logs: Logs, madeAt: Site): SubscriptionExpectation {
    const ours = this.add('expectSubscriptions', madeAt);
    const theirs = scheduler.expectSubscriptions(logs);
    const toBe: SubscriptionExpectation['toBe'] = (marbles) => {
      checkUnset(ours);
      theirs.toBe(typeof marbles === 'string' ? marbles : [...marbles]);
      ours.site = siteOf(toBe);
    };
    return { toBe };
  }

  /** Adds an expectation, which fails unless it gets its `site` before the test function returns. */
  add(name: string, madeAt: Site): Expectation {
    const expectation: Expectation = { name, madeAt };
    this.#open.push(expectation);
    return expectation;
  }

  /** Sets the call site of the last expectation, where it is not that of its `toBe`. */
  moveLast(site: Site): void {
    const last = this.#open.at(-1);
    if (last !== undefined) last.site = site;
  }

  /** @throws the failure of the first expectation without a `toBe` */
  checkComplete(): void {
    const loose = this.#open.find(({ site }) => site === undefined);
    if (loose === undefined) return;
    throw testFailure(`${loose.name}: it has no toBe, so it expects nothing: add .toBe(...)`, loose.madeAt);
  }

  /** @throws the first failure among the expectations that were checked */
  evaluate(): void {
    const complete = this.#open.filter(({ evaluate }) => evaluate !== undefined);
    for (const expectation of complete) {
      this.#open.splice(this.#open.indexOf(expectation), 1);
      this.expectsError ||= expectation.marbles?.includes('#') ?? false;
    }
    for (const { evaluate } of complete) {
      const failure = evaluate?.();
      if (failure !== undefined) throw failure;
    }
  }
}

/** @throws TypeError where the expectation has its diagram already: the first one would be lost */
export function checkUnset({ name, site }: Expectation): void {
  if (site === undefined) return;
  throw new TypeError(`${name}: toBe or toEqual was called already; create another expectation`);
}

/** @throws TypeError for a letter without a value */
export function checkLetters(
  name: string,
  letters: readonly (string | undefined)[],
  values: Readonly<Record<string, unknown>>,
): void {
  const missing = letters.find((letter) => letter !== undefined && !Object.hasOwn(values, letter));
  if (missing === undefined) return;
  throw new TypeError(`${name}: the diagram has ${missing}, which is missing in the values; add it`);
}

function toRecords(records: RxjsRecords, marbles?: string): TestRecord[] {
  const [first] = records;
  if (first !== undefined && 'subscribedFrame' in first) return recordsOfLogs(records as Logs);
  return recordsOf(records as TestMessage[], streamKinds, marbles);
}
