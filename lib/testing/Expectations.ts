import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { difference } from './difference.ts';
import {
  type Happening,
  happeningsOf,
  happeningsOfLogs,
  lettersOf,
  streamWords,
  type TestMessage,
} from './Happening.ts';
import { type Site, siteOf, testFailure } from './testFailure.ts';

/** What a stream does, for `expectObservable`. @category testing */
export interface StreamExpectation<T> {
  /** Expects what the diagram says, once. A letter without `values` stands for itself; with them, each has one. */
  toBe(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void;
  /** Expects what the other stream does. */
  toEqual(other: Observable<T>): void;
}

/** When a stream was subscribed and left, for `expectSubscriptions`. @category testing */
export interface SubscriptionExpectation {
  /** Expects one subscription a diagram. */
  toBe(marbles: string | readonly string[]): void;
}

type Logs = Parameters<TestScheduler['expectSubscriptions']>[0];
type Records = TestMessage[] | Logs;

/** One expectation, from its helper's call until it was looked at. */
export interface Expectation {
  readonly name: string;
  readonly madeAt: Site;
  /** Where its `toBe` stands. */
  site?: Site;
  /** The diagram, where there is one to take letters from. */
  marbles?: string;
  /** Tells its failure when the run is over. RxJS calls back instead. */
  judge?: () => Error | undefined;
}

/**
 * All that a test expects, in the order in which it says so.
 *
 * RxJS hands its records out in that order too, but without their place in the
 * test: here each gets the line of its `toBe` back. Nothing is thrown on the
 * way, since RxJS would lose count.
 */
export class Expectations {
  readonly #open: Expectation[] = [];

  /** The `assertDeepEqual` of a TestScheduler. */
  readonly compare = (actual: Records, expected: Records): void => {
    const next = this.#open.find(({ site, judge }) => site !== undefined && judge === undefined);
    if (next === undefined) throw new Error('marbles: this release of RxJS compares in an order of its own');
    const failure = difference(next, happenings(actual), happenings(expected, next.marbles));
    next.judge = () => failure;
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
      checkUnsaid(ours);
      if (values !== undefined) checkLetters(ours.name, lettersOf(marbles), values);
      theirs.toBe(marbles, values, error);
      ours.marbles = marbles;
      ours.site = siteOf(toBe);
    };
    const toEqual: StreamExpectation<T>['toEqual'] = (other) => {
      checkUnsaid(ours);
      theirs.toEqual(other);
      ours.site = siteOf(toEqual);
    };
    return { toBe, toEqual };
  }

  subscriptions(scheduler: TestScheduler, logs: Logs, madeAt: Site): SubscriptionExpectation {
    const ours = this.add('expectSubscriptions', madeAt);
    const theirs = scheduler.expectSubscriptions(logs);
    const toBe: SubscriptionExpectation['toBe'] = (marbles) => {
      checkUnsaid(ours);
      theirs.toBe(typeof marbles === 'string' ? marbles : [...marbles]);
      ours.site = siteOf(toBe);
    };
    return { toBe };
  }

  /** One more expectation, which fails unless it is given its `site` before the test's function returns. */
  add(name: string, madeAt: Site): Expectation {
    const expectation: Expectation = { name, madeAt };
    this.#open.push(expectation);
    return expectation;
  }

  /** Says that the last one stands elsewhere than its `toBe`. */
  moveLast(site: Site): void {
    const last = this.#open.at(-1);
    if (last !== undefined) last.site = site;
  }

  /** @throws the failure of the first expectation that expects nothing. */
  checkComplete(): void {
    const loose = this.#open.find(({ site }) => site === undefined);
    if (loose === undefined) return;
    throw testFailure(`${loose.name}: it has no toBe, so it expects nothing: add .toBe(...)`, loose.madeAt);
  }

  /** @throws the first failure among what was looked at. */
  judge(): void {
    const complete = this.#open.filter(({ judge }) => judge !== undefined);
    for (const expectation of complete) this.#open.splice(this.#open.indexOf(expectation), 1);
    for (const { judge } of complete) {
      const failure = judge?.();
      if (failure !== undefined) throw failure;
    }
  }
}

/** @throws TypeError where the expectation says already what it expects: what it said would be forgotten. */
export function checkUnsaid({ name, site }: Expectation): void {
  if (site === undefined) return;
  throw new TypeError(`${name}: it is said already what it is: make another expectation`);
}

/** @throws TypeError for a letter that stands for nothing. */
export function checkLetters(
  name: string,
  letters: readonly (string | undefined)[],
  values: Readonly<Record<string, unknown>>,
): void {
  const missing = letters.find((letter) => letter !== undefined && !Object.hasOwn(values, letter));
  if (missing === undefined) return;
  throw new TypeError(`${name}: the diagram has ${missing}, which the values have not: add it`);
}

function happenings(records: Records, marbles?: string): Happening[] {
  const [first] = records;
  if (first !== undefined && 'subscribedFrame' in first) return happeningsOfLogs(records as Logs);
  return happeningsOf(records as TestMessage[], streamWords, marbles);
}
