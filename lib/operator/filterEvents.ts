import { Observable, type OperatorFunction } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { type EventIn, eventIn, isForReader, placeOnly, type WithEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/** The events that pass a predicate: those that it guards, or any. @category operator */
export type Passing<E, P> = P extends Guard<E, infer S> ? Guarded<E, S> : E;

type Guard<E, S extends E> = (event: E) => event is S;

/** Of each member what the guard leaves of it. */
type Guarded<E, S> = E extends S ? E : S extends E ? S : never;

/**
 * Lets through the events that satisfy a predicate, and keeps every place.
 *
 * For a reader's own view of a feed: of an entry whose event does not pass, the
 * bare place goes on, so that a reader for whom nothing passes for an hour still
 * resumes from here. On a stream of plain events it is RxJS `filter`. Gaps and
 * bare places always pass; the predicate never sees them.
 *
 * ```text
 * entries                  -a--b--c--|
 * filterEvents: not b       -a--·--c--|     (· the place of b, without its event)
 * ```
 *
 * A predicate that guards a type narrows the stream; TypeScript finds most such
 * guards itself. Completes and errors with the source; what the predicate throws
 * is an error of the stream.
 *
 * @example A reader sees its own orders
 * const mine = sse((context) => orders.read(context).pipe(filterEvents((e) => e.data.user === context.state.user)), {
 *   state: whoIs,
 * });
 *
 * @throws TypeError at once, for a predicate that is none.
 * @see ofType to choose events by their definitions.
 * @see RxJS `filter`, which lets a reader advance on delivery alone.
 * @category operator
 */
export function filterEvents<T, P extends (event: EventIn<T>) => boolean>(
  predicate: P,
): OperatorFunction<T, WithEvent<T, Passing<EventIn<T>, P>>> {
  if (typeof predicate !== 'function') {
    throw new TypeError(`filterEvents: expected a function, got ${kindOf(predicate)}`);
  }
  return (source) =>
    new Observable((subscriber) => {
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          const passes = (event === undefined && isForReader(value)) || predicate(event as EventIn<T>);
          const left = passes ? value : placeOnly(value);
          if (passes || left !== undefined) subscriber.next(left as WithEvent<T, Passing<EventIn<T>, P>>);
        },
      });
    });
}
