import { Observable, type OperatorFunction } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { type EventIn, eventIn, isControl, positionOnly, type WithEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/** The events that pass a predicate: those of the type that it guards, or all. @category operator */
type Passing<E, P> = P extends Guard<E, infer S> ? Guarded<E, S> : E;

type Guard<E, S extends E> = (event: E) => event is S;

/** Narrows each member of a union by the type of the guard. */
type Guarded<E, S> = E extends S ? E : S extends E ? S : never;

/**
 * Emits the events that satisfy a predicate, and keeps the position of every entry.
 *
 * Use it for one reader's view of a feed. An entry whose event does not pass becomes
 * position-only, so that a reader who gets no event for an hour still resumes from
 * the present. On a stream of plain events it is RxJS `filter`. Gaps and
 * position-only entries always pass; the predicate is not called for them.
 *
 * ```text
 * entries                 -a--b--c--|
 * filterEvents, not b     -a--·--c--|     (· is the position of b, without its event)
 * ```
 *
 * A predicate that is a type guard narrows the stream; TypeScript infers most such
 * guards itself. Completes and errors with the source; what the predicate throws
 * errors the stream. Holds nothing.
 *
 * @example Each reader gets its own orders
 * const mine = sse({ state: whoIs }, (context) =>
 *   orders.read(context).pipe(filterEvents((e) => e.data.user === context.state.user)),
 * );
 *
 * @throws TypeError at once, for a predicate that is not a function.
 * @see ofType, which selects events by their definitions.
 * @see RxJS `filter`, with which the position of a reader advances only when an event passes.
 * @category operator
 */
export function filterEvents<T, P extends (event: EventIn<T>) => boolean>(
  predicate: P,
): OperatorFunction<T, WithEvent<T, Passing<EventIn<T>, P>>> {
  checkFunction('filterEvents: predicate', predicate);
  return (source) =>
    new Observable((subscriber) => {
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          const passes = (event === undefined && isControl(value)) || predicate(event as EventIn<T>);
          const result = passes ? value : positionOnly(value);
          if (passes || result !== undefined) subscriber.next(result as WithEvent<T, Passing<EventIn<T>, P>>);
        },
      });
    });
}
