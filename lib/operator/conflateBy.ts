import { isObservable, type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { checkCount, checkDuration, checkFunction } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { Entry } from '../event/Entry.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isBare, isForReader, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** When what is held goes out, and how it comes together. @category operator */
export type ConflateByOptions<E> = ConflateUntil & {
  /** Makes one of the event that is held and the new one of its key. @default the new one */
  readonly merge?: (held: E, event: E) => E;
  /** How many keys are held; when there would be more, all go out early. A whole number from 1. @default 10000 */
  readonly maxKeys?: number;
};

/** How long events are held. @category operator */
export type ConflateUntil =
  /** Milliseconds after the first that is held. Above 0. */
  | { readonly interval: number; readonly until?: never }
  /** Until this emits. Its end is none of ours; its failure is one of the stream. */
  | { readonly until: Observable<unknown>; readonly interval?: never };

/**
 * Holds one event of each key, and lets all go out together.
 *
 * For prices, positions, progress, of which a reader wants the newest and not
 * every one. They go out in the order of their newest events.
 *
 * ```text
 * source                -a-b-A------b-|
 * conflateBy every 6    -------(bA)---(b|)
 * ```
 *
 * What is held goes out before the end, also before that of a source that fails;
 * what `key` or `merge` throws is an error at once, without it. Unsubscribing
 * stops the timer and leaves `until`. Holds `max` events and one timer, which is
 * set when the first event is held. On entries an event is at the place of the
 * newest of its key, and bare places and gaps overtake none.
 *
 * @example Ten prices a second of each symbol, at most
 * const calm = prices.pipe(conflateBy((p) => p.symbol, { every: 100 }));
 *
 * @throws TypeError at once, for a key or a merge that is no function, and without `every` or `until`. RangeError for
 * an option out of range.
 * @see conflate, which does so only while a socket is full, and RxJS `auditTime` for streams of one key.
 * @category operator
 */
export function conflateBy<T>(
  key: (event: NoInfer<EventIn<T>>) => unknown,
  options: ConflateByOptions<NoInfer<EventIn<T>>>,
): MonoTypeOperatorFunction<T> {
  const { interval, until, merge, maxKeys = 10_000 } = options;
  checkFunction('conflateBy: key', key);
  if ((interval === undefined) === (until === undefined)) {
    throw new TypeError('conflateBy: expected either interval or until');
  }
  if (interval !== undefined) checkDuration('conflateBy: interval', interval);
  else if (!isObservable(until)) throw new TypeError(`conflateBy: until: expected an Observable, got ${kindOf(until)}`);
  if (merge !== undefined) checkFunction('conflateBy: merge', merge);
  checkCount('conflateBy: maxKeys', maxKeys);

  return (source) =>
    new Observable((subscriber) => {
      const outlet = new SerializedObserver<T>(subscriber);
      const held = new Map<unknown, T>();
      /** A bare place that came after all that is held. */
      let place: T | undefined;

      /** All that is held, and the value that comes after it. Nobody is given any before nothing is held. */
      const letGo = (...after: T[]): void => {
        const leaving = taken();
        leaving.push(...after);
        outlet.all(leaving);
      };
      const taken = (): T[] => {
        const leaving = [...held.values()];
        if (place !== undefined) leaving.push(place);
        held.clear();
        place = undefined;
        return leaving;
      };
      const hold = (value: T, event: EventIn<T>): void => {
        const about = key(event);
        const before = held.get(about);
        const isHeld = held.has(about);
        const merged =
          isHeld && merge !== undefined ? joined(value, merge(eventIn(before as T) as EventIn<T>, event)) : value;
        const leaving = !isHeld && held.size >= maxKeys ? taken() : undefined;
        // So that the order is that of the newest events.
        if (isHeld) held.delete(about);
        else if (held.size === 0 && interval !== undefined) alarm.set(clock.now() + interval);
        held.set(about, merged as T);
        place = undefined;
        if (leaving !== undefined) outlet.all(leaving);
      };
      const end = {
        complete: (): void => {
          letGo();
          outlet.complete();
        },
        error: (error: unknown): void => {
          letGo();
          outlet.error(error);
        },
      };

      const alarm = new Alarm(subscriber, () => letGo());
      if (until !== undefined) listen(until, subscriber, { next: () => letGo(), complete: () => {}, error: end.error });
      if (subscriber.closed) return;
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          if (event !== undefined || !isForReader(value)) hold(value, event as EventIn<T>);
          else if (isBare(value) && held.size > 0) place = value;
          else letGo(value);
        },
        ...end,
      });
    });
}

/** The event that two became, at the place of the later one. In an entry `undefined` would be no event at all. */
function joined<T>(value: T, event: EventIn<T>): unknown {
  if (event !== undefined || !(value instanceof Entry)) return withEvent(value, event);
  throw new TypeError('conflateBy: expected merge to give an event, got undefined');
}
