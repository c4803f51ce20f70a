import { Observable, type OperatorFunction } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { type EventIn, eventIn, isPlainEvent, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/**
 * Replaces each event by another one at the same position.
 *
 * Use it for what one reader may see of an event. The function is called once for
 * each event and reader. On a stream of plain events it is RxJS `map`. Gaps and
 * position-only entries pass; the function is not called for them.
 *
 * ```text
 * entries                -a--·--b--|     (· is a position-only entry)
 * mapEvents, upper case  -A--·--B--|
 * ```
 *
 * An event that is returned unchanged is sent as the log stores it, and not encoded
 * again. Do not modify an event in place: other readers share it. Completes and
 * errors with the source. What the function throws errors the stream, and so does
 * `undefined`: use `filterEvents` to leave an event out. Holds nothing.
 *
 * @example Totals are for the accountant alone
 * const hideTotal = (e: EventOf<typeof Orders>) =>
 *   e.type === 'order_paid' ? Orders.OrderPaid({ ...e.data, total: 0 }) : e;
 * const route = sse((context) => orders.read(context).pipe(mapEvents(hideTotal)));
 *
 * @throws TypeError at once, for a value that is not a function.
 * @see RxJS `map`, which would have to keep the position of an entry itself.
 * @category operator
 */
export function mapEvents<T, P extends (event: EventIn<T>) => NonNullable<unknown> | null>(
  project: P,
): OperatorFunction<T, WithEvent<T, ReturnType<P>>> {
  checkFunction('mapEvents: project', project);
  return (source) =>
    new Observable((subscriber) => {
      const call = (event: EventIn<T>): unknown => {
        const result: unknown = project(event);
        if (result === undefined) throw new TypeError(undefinedEvent);
        return result;
      };
      listen(source, subscriber, {
        next: (value) => {
          const result = isPlainEvent(value) ? call(value as EventIn<T>) : mapInside(value, call);
          subscriber.next(result as WithEvent<T, ReturnType<P>>);
        },
      });
    });
}

const undefinedEvent = 'mapEvents: project must return an event, got undefined; use filterEvents to leave an event out';

/** Returns a gap or a position-only entry as it is, any other value with the result for its event. */
function mapInside<T>(value: T, call: (event: EventIn<T>) => unknown): unknown {
  const event = eventIn(value);
  return event === undefined ? value : withEvent(value, call(event));
}
