import { map, type OperatorFunction } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { suggestion } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import { type Entry, isEntry } from '../event/Entry.ts';
import type { Gap } from '../event/Gap.ts';
import { type EventIn, isControl, withEvent } from './EventIn.ts';

/** The union that the cases cover: the events in entries, and for a plain stream its gaps as well. @category operator */
type Matched<T> = T extends Entry<unknown> ? EventIn<T> : T;

/** One function for each event, by its name on the wire. @category operator */
type Cases<E, R = NonNullable<unknown> | null> = {
  readonly [Name in EventTypes<E>]: (event: Extract<E, { readonly type: Name }>) => R;
};

/** A value of a stream with the result of a case in it. @category operator */
type WithMatch<T, R> = T extends Entry<infer E> ? Entry<R | Extract<E, Gap>> : R;

type EventTypes<E> = E extends { readonly type: infer Name extends string } ? Name : never;

/** Refuses cases for events that the stream does not carry. */
type NoOthers<C, E> = { readonly [Name in Exclude<keyof C, EventTypes<E>>]: never };

type ResultOf<C> = { [Name in keyof C]: C[Name] extends (event: never) => infer R ? R : never }[keyof C];

/**
 * Maps each event by a function for its name, and does not compile while one is
 * missing.
 *
 * Use it with a contract that grows: the compiler then reports each place that has
 * to handle a new event. A plain stream that may carry a gap needs a case for it,
 * under `'rxsse.gap'`.
 *
 * ```text
 * source         -p--s--g--|     (p order_paid, s order_shipped, g a gap)
 * matchEvents    -P--S--G--|
 * ```
 *
 * Entries keep their positions, and their gaps pass to the reader. Completes and
 * errors with the source. What a case throws errors the stream, and so do `undefined`
 * and an event without a case, which an unchecked stream may carry. Holds nothing.
 *
 * @example A line of text for each event
 * const lines = orders.events({ from: 'oldest' }).pipe(
 *   matchEvents({
 *     order_paid: ({ data }) => `${data.user} paid ${data.total}`,
 *     'rxsse.gap': ({ data }) => `some orders are missing: ${data.reason}`,
 *   }),
 * );
 *
 * @throws TypeError at once, for a case that is not a function.
 * @see mapEvents, which has one function for all events.
 * @category operator
 */
export function matchEvents<T, C extends Cases<Matched<T>> & NoOthers<C, Matched<T>>>(
  cases: C,
): OperatorFunction<T, WithMatch<T, ResultOf<C>>> {
  const table = new Map<unknown, (event: unknown) => unknown>(Object.entries(cases as object));
  for (const [name, project] of table) checkFunction(`matchEvents: ${name}`, project);

  return map((value) => {
    if (isEntry(value) && isControl(value)) return value as WithMatch<T, never>;
    const event: unknown = isEntry(value) ? value.event : value;
    const type = (event as { readonly type?: unknown } | null | undefined)?.type;
    const project = table.get(type);
    if (project === undefined) {
      const names = Object.keys(cases);
      const similar = typeof type === 'string' ? suggestion(type, names) : '';
      throw new TypeError(
        `matchEvents: expected an event of ${shorten(names.join(', '), 80)}, got ${kindOf(event)} of another name${similar}`,
      );
    }
    const result = project(event);
    if (result === undefined) throw new TypeError('matchEvents: each case must return a value, got undefined');
    return withEvent(value, result) as WithMatch<T, ResultOf<C>>;
  });
}
