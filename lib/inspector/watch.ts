import { type MonoTypeOperatorFunction, Observable, Subject } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { listen } from '../operator/listen.ts';

/** One notification that passed a point of a pipeline. */
type Passed =
  | { readonly kind: 'next'; readonly value: unknown }
  | { readonly kind: 'error' }
  | { readonly kind: 'end' };

/** A point of pipelines that has a lane. */
export interface WatchPoint {
  readonly name: string;
  subscriptions: number;
  /** Set while an inspector is looked at. */
  passed: Subject<Passed> | undefined;
}

/** The most points: of more, the first that nothing is subscribed to is forgotten, and otherwise the new one has no lane. */
const maxPoints = 64;

/** The points by name, in the order in which the program made them. */
const points = new Map<string, WatchPoint>();

/** Returns the points of pipelines that have a lane, in the order in which the program made them. */
export function watchPoints(): readonly WatchPoint[] {
  return [...points.values()];
}

/**
 * Gives this point of a pipeline a lane of its own in the inspector, and passes everything on unchanged.
 *
 * Put one before an operator and one after it, and see what the operator does to the stream. All subscriptions of one
 * name share a lane, also those of several apps in one process: see the option `watches` of the inspector. The lanes are in
 * the order in which the program calls `watch`.
 *
 * Completes, errors and unsubscribes with the source. While no page of an inspector is open, a value costs one check. There
 * are at most 64 lanes; a name that nothing is subscribed to gives way to a new one.
 *
 * @param name of the lane: some fixed text, and not one for each request
 *
 * @example What a conflation leaves of the prices
 * import { watch } from 'rxsse/inspector';
 *
 * const shown$ = prices.pipe(watch('prices'), conflateBy(({ symbol }) => symbol, { interval: 100 }), watch('conflated'));
 *
 * @throws TypeError at once, for a name that is not a text or is empty.
 * @see `tap` of RxJS, for what a program does itself with each value.
 * @category inspector
 */
export function watch<T>(name: string): MonoTypeOperatorFunction<T> {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`watch: expected the name of a lane, got ${name === '' ? 'an empty text' : kindOf(name)}`);
  }
  pointOf(name);
  return (source) =>
    new Observable((subscriber) => {
      const point = pointOf(name);
      point.subscriptions++;
      subscriber.add(() => {
        point.subscriptions--;
      });
      listen(source, subscriber, {
        next: (value) => {
          if (point.passed !== undefined) point.passed.next({ kind: 'next', value });
          subscriber.next(value);
        },
        error: (error) => {
          point.passed?.next({ kind: 'error' });
          subscriber.error(error);
        },
        complete: () => {
          point.passed?.next({ kind: 'end' });
          subscriber.complete();
        },
      });
    });
}

function pointOf(name: string): WatchPoint {
  const known = points.get(name);
  if (known !== undefined) return known;
  const point: WatchPoint = { name, subscriptions: 0, passed: undefined };
  if (points.size >= maxPoints) {
    const idle = watchPoints().find(({ subscriptions }) => subscriptions === 0);
    if (idle === undefined) return point;
    points.delete(idle.name);
  }
  points.set(name, point);
  return point;
}

/** Notifies of what passes a point, until it is unsubscribed from. */
export function passing(point: WatchPoint): Observable<Passed> {
  return new Observable((subscriber) => {
    const passed = point.passed ?? new Subject<Passed>();
    point.passed = passed;
    subscriber.add(passed.subscribe(subscriber));
    subscriber.add(() => {
      if (!passed.observed) point.passed = undefined;
    });
  });
}
