import { EMPTY, isObservable, Observable, type ObservedValueOf, type Subscriber } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { listen } from './listen.ts';

/** What a merge does when one of its sources fails or ends. @category operator */
export type MergeEventsOptions<Name extends string, R> = SourceErrors<Name, R> & SourceEnds<Name, R>;

/** What a merge does when one of its sources fails. @category operator */
export type SourceErrors<Name extends string, R> =
  | {
      /**
       * `'fail'`: so does the merge. `'delay'`: it fails when the others are over, with the failure, or with an
       * `AggregateError` of several. `'drop'`: the others go on, and `onDropped` hears. A function says what goes on
       * in the source's place, or nothing, for the others alone; what it throws fails the merge.
       *
       * @default 'fail'
       */
      readonly onSourceError?: 'fail' | 'delay' | ((error: unknown, name: Name) => Observable<R> | undefined);
    }
  | {
      readonly onSourceError: 'drop';
      /** Hears of each failure that is dropped, and whose it was. What it throws fails the merge. */
      readonly onDropped: (error: unknown, name: Name) => void;
    };

/** What a merge does when one of its sources completes. @category operator */
export interface SourceEnds<Name extends string, R> {
  /**
   * `'wait'`: completes when all are over. `'end'`: completes with the first that does, and leaves the others. A
   * function says what goes on in the source's place, or nothing, for the others alone.
   *
   * @default 'wait'
   */
  readonly onSourceEnd?: 'wait' | 'end' | ((name: Name) => Observable<R> | undefined);
}

/**
 * Merges named streams of events, and says what becomes of the merge when one of
 * them fails or ends.
 *
 * For one endpoint with several sources, where one that breaks is not to take the
 * others with it. Its type is the union of their events.
 *
 * ```text
 * orders                 -o---#
 * ticks                  ---t---t--|
 * mergeEvents: drop      -o-t---t--|
 * ```
 *
 * Subscribes in the order of the record. Unsubscribing leaves all. What stands in
 * a source's place is not asked about again: its failure is the merge's.
 *
 * @example Prices survive the news
 * const all = mergeEvents(
 *   { prices, news: news(false) },
 *   { onSourceError: (error, name) => of(`no ${name} for now`) },
 * );
 *
 * @throws TypeError at once, for a source that is no Observable or an option that is none of the above.
 * @see RxJS `merge`, which fails with the first that fails, and `restartWithBackoff` for a source that comes back.
 * @category operator
 */
export function mergeEvents<S extends Readonly<Record<string, Observable<unknown>>>, R = never>(
  sources: S,
  options: MergeEventsOptions<keyof S & string, R> = {},
): Observable<ObservedValueOf<S[keyof S]> | R> {
  for (const [name, source] of Object.entries(sources)) {
    if (!isObservable(source))
      throw new TypeError(`mergeEvents: ${name}: expected an Observable, got ${kindOf(source)}`);
  }
  const { onSourceError = 'fail', onSourceEnd = 'wait' } = options;
  checkPolicy('onSourceError', onSourceError, ['fail', 'delay', 'drop']);
  checkPolicy('onSourceEnd', onSourceEnd, ['wait', 'end']);
  if (onSourceError === 'drop') checkFunction('mergeEvents: onDropped', Reflect.get(options, 'onDropped'));

  return new Observable((subscriber) => {
    new Merge(subscriber as Subscriber<unknown>, options as AnyOptions).begin(sources);
  });
}

type AnyOptions = MergeEventsOptions<string, unknown>;

/** One subscriber's merge. */
class Merge {
  readonly #subscriber: Subscriber<unknown>;
  readonly #options: AnyOptions;
  readonly #failures: unknown[] = [];
  /** Sources that are not over yet, and one that keeps the merge open while they are being subscribed. */
  #open = 1;

  constructor(subscriber: Subscriber<unknown>, options: AnyOptions) {
    this.#subscriber = subscriber;
    this.#options = options;
  }

  begin(sources: Readonly<Record<string, Observable<unknown>>>): void {
    for (const [name, source] of Object.entries(sources)) {
      if (this.#subscriber.closed) return;
      this.#open++;
      listen(source, this.#subscriber, {
        next: this.#next,
        error: (error) => this.#goOn(this.#failed(error, name)),
        complete: () => this.#goOn(this.#ended(name)),
      });
    }
    this.#over();
  }

  readonly #next = (value: unknown): void => this.#subscriber.next(value);

  /** What takes the place of a source that failed. */
  #failed(error: unknown, name: string): Observable<unknown> {
    const options = this.#options;
    if (options.onSourceError === 'drop') options.onDropped(error, name);
    else if (options.onSourceError === 'delay') this.#failures.push(error);
    else if (typeof options.onSourceError === 'function') return options.onSourceError(error, name) ?? EMPTY;
    else this.#subscriber.error(error);
    return EMPTY;
  }

  /** What takes the place of a source that completed. */
  #ended(name: string): Observable<unknown> {
    const { onSourceEnd } = this.#options;
    if (typeof onSourceEnd === 'function') return onSourceEnd(name) ?? EMPTY;
    if (onSourceEnd === 'end') this.#end();
    return EMPTY;
  }

  #goOn(instead: Observable<unknown>): void {
    if (instead === EMPTY) return this.#over();
    listen(instead, this.#subscriber, { next: this.#next, complete: () => this.#over() });
  }

  #over(): void {
    this.#open--;
    if (this.#open === 0) this.#end();
  }

  #end(): void {
    const [failure, ...more] = this.#failures;
    if (more.length > 0) {
      const message = `mergeEvents: ${this.#failures.length} sources failed`;
      this.#subscriber.error(new AggregateError(this.#failures, message));
    } else if (this.#failures.length > 0) this.#subscriber.error(failure);
    else this.#subscriber.complete();
  }
}

function checkPolicy(what: string, policy: unknown, named: readonly string[]): void {
  if (typeof policy === 'function' || named.includes(policy as string)) return;
  const expected = [...named.map((name) => `'${name}'`), 'a function'].join(', ');
  throw new TypeError(`mergeEvents: ${what}: expected ${expected}, got ${kindOf(policy)}`);
}
