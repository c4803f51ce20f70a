import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkDuration, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { Entry, isEntry } from '../event/Entry.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isControl, isPositionOnly, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { type AnyObservable, observableOf } from './observableFrom.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** When held events are emitted, and how two of one key are merged. @category operator */
export type ConflateByOptions<E> = ConflateUntil & {
  /** Merges the held event of a key with a new one. @default the new event replaces the held one */
  readonly merge?: (held: E, event: E) => E;
  /** The largest number of keys held; one more emits all held events early. A whole number from 1. @default 10000 */
  readonly maxKeys?: number;
};

/** How long events are held. @category operator */
type ConflateUntil =
  /** Milliseconds after the first held event. Above 0. */
  | { readonly interval: number; readonly until?: never }
  /** Emits the held events when this Observable emits. Its completion is ignored; its error errors the result. */
  | { readonly until: AnyObservable<unknown>; readonly interval?: never };

/**
 * Holds the newest event of each key, and emits all of them together.
 *
 * Use it for prices, positions or progress, where a reader wants the newest value
 * and not every one. Events are emitted in the order of their last updates.
 *
 * ```text
 * source                    -a-b-A------b-|
 * conflateBy, interval 6    -------(bA)---(b|)
 * ```
 *
 * Emits the held events before it completes or errors with the source; an error
 * thrown by `key` or `merge` errors at once, without them. Unsubscribing stops the
 * timer and unsubscribes from `until`. Holds at most `maxKeys` events, and one timer
 * that starts with the first held event. An entry has the position of the newest
 * event of its key; position-only entries and gaps keep their order. With `merge`
 * only the last of the events that are emitted together moves the position of the
 * reader: one that is disconnected between them gets all of them again, and loses none.
 *
 * @example At most ten prices a second of each symbol
 * const calm = prices.pipe(conflateBy((p) => p.symbol, { interval: 100 }));
 *
 * @throws TypeError at once, for an option of a wrong type, and unless exactly one of `interval` and `until` is set.
 * RangeError for an option out of range.
 * @see the option `overflow` of `sse`, which conflates only while a socket is full, and RxJS `auditTime` for one key.
 * @category operator
 */
export function conflateBy<T>(
  key: (event: NoInfer<EventIn<T>>) => unknown,
  options: ConflateByOptions<NoInfer<EventIn<T>>>,
): OperatorFunction<T, NoInfer<T>> {
  checkOptions('conflateBy', options, { interval: '', until: '', merge: '', maxKeys: '' });
  const { interval, until, merge, maxKeys = 10_000 } = options;
  checkFunction('conflateBy: key', key);
  if ((interval === undefined) === (until === undefined)) {
    const actual = interval === undefined ? 'neither' : 'both';
    throw new TypeError(`conflateBy: exactly one of interval and until must be set, got ${actual}`);
  }
  if (interval !== undefined) checkDuration('conflateBy: interval', interval);
  else observableOf('conflateBy: until', until as AnyObservable<unknown>);
  if (merge !== undefined) checkFunction('conflateBy: merge', merge);
  checkCount('conflateBy: maxKeys', maxKeys);

  return (source) =>
    new Observable((subscriber) => {
      const output = new SerializedObserver<T>(subscriber);
      const held = new Map<unknown, T>();
      /** A position-only entry that follows all held events. */
      let position: T | undefined;
      let last: T | undefined;
      /** An entry at the position before the first held event. */
      let before: Entry<unknown> | undefined;

      /** Emits all held events and the value that follows them. Nothing is held any more when the first is emitted. */
      const emit = (...following: T[]): void => {
        const values = takeHeld();
        values.push(...following);
        output.nextAll(values);
      };
      const takeHeld = (): T[] => {
        const values = [...held.values()];
        // A later event may contain earlier ones than those whose position this one has.
        if (merge !== undefined)
          for (let n = 0; n < values.length - 1; n++) values[n] = partial(values[n] as T, before);
        if (position !== undefined) values.push(position);
        held.clear();
        position = undefined;
        return values;
      };
      const hold = (value: T, event: EventIn<T>, previous: T | undefined): void => {
        const ownKey = key(event);
        const earlier = held.get(ownKey);
        const isHeld = held.has(ownKey);
        const merged =
          isHeld && merge !== undefined
            ? replaceEvent(value, merge(eventIn(earlier as T) as EventIn<T>, event))
            : value;
        const early = !isHeld && held.size >= maxKeys ? takeHeld() : undefined;
        if (held.size === 0) before = isEntry(previous) ? previous : entryBefore(value);
        // A key that is deleted first moves to the end of the map: the order is that of the newest events.
        if (isHeld) held.delete(ownKey);
        else if (held.size === 0 && interval !== undefined) alarm.set(clock.now() + interval);
        held.set(ownKey, merged as T);
        position = undefined;
        if (early !== undefined) output.nextAll(early);
      };
      const passPosition = (value: Entry<never> & T): void => {
        if (!value.isPartial) position = value;
        const passing = pageEndOf(value)?.asPartial();
        if (passing !== undefined) output.next(passing as T);
      };
      const end = {
        complete: (): void => {
          emit();
          output.complete();
        },
        error: (error: unknown): void => {
          emit();
          output.error(error);
        },
      };

      const alarm = new Alarm(subscriber, () => emit());
      if (until !== undefined) listen(until, subscriber, { next: () => emit(), complete: () => {}, error: end.error });
      if (subscriber.closed) return;
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          const previous = last;
          last = value;
          if (event !== undefined || !isControl(value)) hold(value, event as EventIn<T>, previous);
          else if (isPositionOnly(value) && held.size > 0) passPosition(value);
          else emit(value);
        },
        ...end,
      });
    });
}

/** Returns the merged event at the position of the later value. An entry with the event `undefined` would be position-only. */
function replaceEvent<T>(value: T, event: EventIn<T>): unknown {
  if (event !== undefined || !isEntry(value)) return withEvent(value, event);
  throw new TypeError('conflateBy: merge must return an event, got undefined');
}

/** Returns the event in an entry that leaves its reader at the position before all that are emitted with it. */
function partial<T>(value: T, before: Entry<unknown> | undefined): T {
  if (before === undefined || !isEntry(value)) return value;
  return new Entry(before.epoch, before.sequence, value.event, undefined, true) as T;
}

/** Returns the position before the first entry of all. */
function entryBefore(value: unknown): Entry<unknown> | undefined {
  if (!isEntry(value) || value.isPartial) return isEntry(value) ? value : undefined;
  return new Entry(value.epoch, value.sequence - 1, undefined, undefined);
}
