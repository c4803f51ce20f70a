import { from, isObservable, Observable, type ObservableInput, observable, type Subscriber } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { iterableIn, requestedFrom } from './iterableIn.ts';
import { pull, valuesPerTurn, yielding } from './pull.ts';

/**
 * An Observable of the platform, which Chromium has, and of RxJS 9: a signal takes the place of a subscription.
 *
 * @see https://wicg.github.io/observable/
 * @category source
 */
export interface PlatformObservable<T> {
  subscribe(observer?: PlatformObserver<T>, options?: { readonly signal?: AbortSignal }): unknown;
}

/** The callbacks of a {@link PlatformObservable}. @category source */
export interface PlatformObserver<T> {
  next?: (value: T) => void;
  error?: (error: unknown) => void;
  complete?: () => void;
}

/** An Observable of RxJS 7, of the platform, or of another library. @category source */
export type AnyObservable<T> = Observable<T> | PlatformObservable<T>;

/** A value of which an Observable is made: one that `from` of RxJS takes, or an Observable of the platform. @category source */
export type StreamInput<T> = ObservableInput<T> | PlatformObservable<T>;

/** The values of an Observable. */
export type ObservedIn<S> = S extends Observable<infer T> ? T : S extends PlatformObservable<infer T> ? T : never;

/** Returns the Observable of RxJS 7 for one of any library; `undefined` for another value. @internal */
export function observableIn(value: unknown): Observable<unknown> | undefined {
  if (isObservable(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (observable in value) return from(value as ObservableInput<unknown>);
  if (!('subscribe' in value) || typeof value.subscribe !== 'function') return undefined;
  return new Observable((subscriber) => subscribeWithSignal(value as PlatformObservable<unknown>, subscriber));
}

/** Checks an Observable of any library, and returns that of RxJS 7. @throws TypeError for another value. @internal */
export function observableOf<T>(option: string, value: AnyObservable<T>): Observable<T> {
  const found = observableIn(value);
  if (found === undefined) throw new TypeError(`${option} must be an Observable, got ${kindOf(value)}`);
  return found as Observable<T>;
}

/**
 * Returns the Observable of what `from` of RxJS takes, and of an Observable of any library. An iterable leaves the event loop
 * its turns, unless it is an array that is read within one; unsubscribing calls `return` of its iterator, also while a value
 * is awaited. Elements that are promises are emitted as they are.
 *
 * @internal
 */
export function observableFrom<T>(input: StreamInput<T>): Observable<T> {
  const found = observableIn(input) as Observable<T> | undefined;
  if (found !== undefined) return found;
  const isShort = Array.isArray(input) && input.length <= valuesPerTurn;
  const iterable = isShort ? undefined : isSynchronous(input) ? requestedFrom(input) : iterableIn(input);
  if (iterable === undefined) return from(input as ObservableInput<T>);
  return new Observable((subscriber) => pull(iterable, subscriber, yielding()));
}

function isSynchronous<T>(input: StreamInput<T>): input is Iterable<T> & object & StreamInput<T> {
  return typeof input === 'object' && Symbol.iterator in input && !(Symbol.asyncIterator in input);
}

function subscribeWithSignal(source: PlatformObservable<unknown>, subscriber: Subscriber<unknown>): void {
  const controller = new AbortController();
  // Beforehand: a source that emits at once may be unsubscribed from while it does.
  subscriber.add(() => controller.abort());
  source.subscribe(
    {
      next: (value) => subscriber.next(value),
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    },
    { signal: controller.signal },
  );
}
