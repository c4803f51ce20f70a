import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkDuration, checkFunction, checkNumber } from '../data/check.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isBare, isForReader, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** When a group is full. At least one bound; what comes first closes it. @category operator */
export interface GroupedWithinOptions<E> {
  /** Events in a group at most. A whole number from 1. @default 10000 */
  readonly maxEvents?: number;
  /** Bytes in a group at most; an event larger than that is a group of its own. Above 0. @default Infinity: not measured */
  readonly maxBytes?: number;
  /** Milliseconds from a group's first event until it goes out. Above 0. @default Infinity */
  readonly maxDelay?: number;
  /** How large an event is, where `bytes` is given. @default the characters of its JSON text */
  readonly sizeOf?: (event: E) => number;
}

/**
 * Gathers events into groups, and never gives an empty one.
 *
 * For what is dear to do one at a time: inserts, calls, renderings. The time runs
 * from a group's first event, so no event waits longer than `ms`.
 *
 * ```text
 * source                             -a-b-------c-d-e-f|
 * groupedWithin count 3, ms 6        -------g-------h--(i|)
 * ```
 *
 * What is gathered goes out before the end, also before that of a source that
 * fails; what `sizeOf` throws is an error at once, without it. Unsubscribing stops
 * the timer. Holds one group and one timer. On entries a group is one entry, at the
 * last place in it, and bare places and gaps overtake none.
 *
 * @example Insert a hundred at a time, or what came in a second
 * const inserts = prices.pipe(groupedWithin({ count: 100, ms: 1000 }));
 *
 * @throws TypeError at once, without any bound. RangeError for one out of range.
 * @see RxJS `bufferTime`, which gives empty groups into silence, and `bufferCount`.
 * @category operator
 */
export function groupedWithin<T>(
  options: GroupedWithinOptions<NoInfer<EventIn<T>>>,
): OperatorFunction<T, WithEvent<T, readonly EventIn<T>[]>> {
  const { maxEvents = 10_000, maxBytes = Infinity, maxDelay = Infinity, sizeOf = textLength } = options;
  if ((options.maxEvents ?? options.maxBytes ?? options.maxDelay) === undefined) {
    throw new TypeError('groupedWithin: expected at least one of maxEvents, maxBytes and maxDelay');
  }
  checkCount('groupedWithin: maxEvents', maxEvents);
  checkNumber('groupedWithin: maxBytes', maxBytes, { above: 0 });
  checkDuration('groupedWithin: maxDelay', maxDelay);
  checkFunction('groupedWithin: sizeOf', sizeOf);

  return (source) =>
    new Observable((subscriber) => {
      const outlet = new SerializedObserver<WithEvent<T, readonly EventIn<T>[]>>(subscriber);
      let group: EventIn<T>[] = [];
      let size = 0;
      /** What the group goes out in: the last event's place, or a bare one after it. */
      let last: T | undefined;

      /** The group, if there is one, and the value that closed it. */
      const close = (...after: WithEvent<T, never>[]): void => {
        if (group.length === 0) return outlet.all(after);
        const closed = withEvent(last as T, group);
        group = [];
        size = 0;
        outlet.all([closed, ...after]);
      };
      const gather = (value: T, event: EventIn<T>): void => {
        const added = maxBytes === Infinity ? 0 : sizeOf(event);
        if (!(added >= 0)) checkNumber('groupedWithin: the result of sizeOf', added, { min: 0 });
        const full = size + added > maxBytes && group.length > 0 ? withEvent(last as T, group) : undefined;
        if (full !== undefined) {
          group = [];
          size = 0;
        }
        if (group.length === 0 && maxDelay !== Infinity) alarm.set(clock.now() + maxDelay);
        group.push(event);
        size += added;
        last = value;
        // Only now: who is given a group may make the source go on.
        if (full !== undefined) outlet.next(full);
        if (group.length >= maxEvents || size >= maxBytes) close();
      };

      const alarm = new Alarm(subscriber, () => close());
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          if (event !== undefined || !isForReader(value)) gather(value, event as EventIn<T>);
          else if (isBare(value) && group.length > 0) last = value;
          else close(value as WithEvent<T, never>);
        },
        complete: () => {
          close();
          outlet.complete();
        },
        error: (error) => {
          close();
          outlet.error(error);
        },
      });
    });
}

function textLength(event: unknown): number {
  return typeof event === 'string' ? event.length : (JSON.stringify(event)?.length ?? 0);
}
