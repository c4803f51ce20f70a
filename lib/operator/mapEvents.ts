import { Observable, type OperatorFunction } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { type EventIn, eventIn, isOwnEvent, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/**
 * Makes another event of each event, at the same place.
 *
 * For what one reader may see of an event, or wants to. Called once for each
 * event and reader. On a stream of plain events it is RxJS `map`. Gaps and bare
 * places pass as they are; the function never sees them.
 *
 * ```text
 * entries            -a--·--b--|     (· a bare place)
 * mapEvents: a to A   -A--·--B--|
 * ```
 *
 * An event that is returned as it came goes out as the log has it, and is not
 * encoded again; so do not change an event in place, other readers have the same.
 * Completes and errors with the source. What the function throws is an error of
 * the stream, and so is `undefined`: to leave an event out is for `filterEvents`.
 *
 * @example Totals are for the accountant alone
 * const hideTotal = (e: EventOf<typeof Orders>) =>
 *   e.type === 'order_paid' ? Orders.OrderPaid({ ...e.data, total: 0 }) : e;
 * const route = sse((context) => orders.read(context).pipe(mapEvents(hideTotal)));
 *
 * @throws TypeError at once, for a function that is none.
 * @see RxJS `map`, which on entries would have to keep the place itself.
 * @category operator
 */
export function mapEvents<T, P extends (event: EventIn<T>) => NonNullable<unknown> | null>(
  project: P,
): OperatorFunction<T, WithEvent<T, ReturnType<P>>> {
  if (typeof project !== 'function') throw new TypeError(`mapEvents: expected a function, got ${kindOf(project)}`);
  return (source) =>
    new Observable((subscriber) => {
      const made = (event: EventIn<T>): unknown => {
        const other: unknown = project(event);
        if (other === undefined) throw new TypeError(nothing);
        return other;
      };
      listen(source, subscriber, {
        next: (value) => {
          const given = isOwnEvent(value) ? made(value as EventIn<T>) : inPlace(value, made);
          subscriber.next(given as WithEvent<T, ReturnType<P>>);
        },
      });
    });
}

const nothing = 'mapEvents: expected an event, got undefined; filterEvents leaves one out';

/** A gap or a bare place as it is; any other value with what is made of its event. */
function inPlace<T>(value: T, made: (event: EventIn<T>) => unknown): unknown {
  const event = eventIn(value);
  return event === undefined ? value : withEvent(value, made(event));
}
