import { EMPTY, Observable, type Subscriber } from 'rxjs';
import { checkFunction, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { listen } from './listen.ts';
import { type AnyObservable, type ObservedIn, observableIn, observableOf } from './observableFrom.ts';

/** The policies of a merge for sources that fail or complete. @category operator */
export type MergeEventsOptions<Name extends string, R> = SourceErrors<Name, R> & SourceEnds<Name, R>;

/** The policy of a merge for a source that fails. @category operator */
type SourceErrors<Name extends string, R> =
  | {
      /**
       * `'fail'` errors the merge at once. `'delay'` errors it when all other sources have ended, with the error, or
       * with an `AggregateError` of several. `'drop'` continues with the other sources and calls `onDropped`. A
       * function returns an Observable that replaces the source, or `undefined` to continue with the others; what it
       * throws errors the merge.
       *
       * @default 'fail'
       */
      readonly onSourceError?: 'fail' | 'delay' | ((error: unknown, name: Name) => AnyObservable<R> | undefined);
    }
  | {
      readonly onSourceError: 'drop';
      /** Called for each dropped error, with the name of its source. What it throws errors the merge. */
      readonly onDropped: (error: unknown, name: Name) => void;
    };

/** The policy of a merge for a source that completes. @category operator */
interface SourceEnds<Name extends string, R> {
  /**
   * `'wait'` completes the merge when all sources have ended. `'end'` completes it with the first source that
   * completes, and unsubscribes from the others. A function returns an Observable that replaces the source, or
   * `undefined` to continue with the others.
   *
   * @default 'wait'
   */
  readonly onSourceEnd?: 'wait' | 'end' | ((name: Name) => AnyObservable<R> | undefined);
}

/**
 * Merges named streams of events, with a policy for a source that fails or completes.
 *
 * Use it for one endpoint with several sources, where one that breaks must not end
 * the others. Its type is the union of their events.
 *
 * ```text
 * orders                 -o---#
 * ticks                  ---t---t--|
 * mergeEvents, drop      -o-t---t--|
 * ```
 *
 * Subscribes in the order of the record, completes when all sources have ended, and
 * errors by its policy. Unsubscribing unsubscribes from all sources. An Observable
 * that replaces a source is not replaced again: its error errors the merge. Holds
 * only the errors of `'delay'`.
 *
 * @example Prices continue when the news fail
 * const all = mergeEvents(
 *   { prices, news: news(false) },
 *   { onSourceError: (error, name) => of(`no ${name} for now`) },
 * );
 *
 * @throws TypeError at once, for sources without names, one that is not an Observable, or an unknown policy.
 * @see RxJS `merge`, which fails with the first source that fails, and `restartWithBackoff` to subscribe again.
 * @category operator
 */
export function mergeEvents<S extends Readonly<Record<string, AnyObservable<unknown>>>, R = never>(
  sources: S,
  options: MergeEventsOptions<keyof S & string, R> = {},
): Observable<ObservedIn<S[keyof S]> | R> {
  const got = observableIn(sources) === undefined ? kindOf(sources) : 'an Observable';
  if (got !== 'object') {
    throw new TypeError(`mergeEvents: sources must be Observables by their names, as in { orders, ticks }, got ${got}`);
  }
  for (const [name, source] of Object.entries(sources)) observableOf(`mergeEvents: ${name}`, source);
  checkOptions('mergeEvents', options, { onSourceError: '', onDropped: 'function', onSourceEnd: '' });
  const { onSourceError = 'fail', onSourceEnd = 'wait' } = options;
  checkPolicy('mergeEvents: onSourceError', onSourceError, ['fail', 'delay', 'drop']);
  checkPolicy('mergeEvents: onSourceEnd', onSourceEnd, ['wait', 'end']);
  if (onSourceError === 'drop') checkFunction('mergeEvents: onDropped', Reflect.get(options, 'onDropped'));

  return new Observable((subscriber) => {
    new Merge(subscriber as Subscriber<unknown>, options as AnyOptions).start(sources);
  });
}

function checkPolicy(option: string, policy: unknown, names: readonly string[]): void {
  if (typeof policy !== 'function') checkOneOf(option, policy, names, 'a function');
}

type AnyOptions = MergeEventsOptions<string, unknown>;

/** The merge of one subscriber. */
class Merge {
  readonly #subscriber: Subscriber<unknown>;
  readonly #options: AnyOptions;
  readonly #errors: unknown[] = [];
  /** The number of sources that have not ended, and one more while they are being subscribed to. */
  #open = 1;

  constructor(subscriber: Subscriber<unknown>, options: AnyOptions) {
    this.#subscriber = subscriber;
    this.#options = options;
  }

  start(sources: Readonly<Record<string, AnyObservable<unknown>>>): void {
    for (const [name, source] of Object.entries(sources)) {
      if (this.#subscriber.closed) return;
      this.#open++;
      listen(source, this.#subscriber, {
        next: this.#next,
        error: (error) => this.#continueWith(this.#onError(error, name)),
        complete: () => this.#continueWith(this.#onComplete(name)),
      });
    }
    this.#sourceEnded();
  }

  readonly #next = (value: unknown): void => this.#subscriber.next(value);

  /** Returns what replaces a source that failed. */
  #onError(error: unknown, name: string): AnyObservable<unknown> {
    const options = this.#options;
    if (options.onSourceError === 'drop') options.onDropped(error, name);
    else if (options.onSourceError === 'delay') this.#errors.push(error);
    else if (typeof options.onSourceError === 'function') return options.onSourceError(error, name) ?? EMPTY;
    else this.#subscriber.error(error);
    return EMPTY;
  }

  /** Returns what replaces a source that completed. */
  #onComplete(name: string): AnyObservable<unknown> {
    const { onSourceEnd } = this.#options;
    if (typeof onSourceEnd === 'function') return onSourceEnd(name) ?? EMPTY;
    if (onSourceEnd === 'end') this.#finish();
    return EMPTY;
  }

  #continueWith(replacement: AnyObservable<unknown>): void {
    if (replacement === EMPTY) return this.#sourceEnded();
    listen(replacement, this.#subscriber, { next: this.#next, complete: () => this.#sourceEnded() });
  }

  #sourceEnded(): void {
    this.#open--;
    if (this.#open === 0) this.#finish();
  }

  #finish(): void {
    const [error, ...more] = this.#errors;
    if (more.length > 0) {
      const message = `mergeEvents: ${this.#errors.length} sources failed`;
      this.#subscriber.error(new AggregateError(this.#errors, message));
    } else if (this.#errors.length > 0) this.#subscriber.error(error);
    else this.#subscriber.complete();
  }
}
