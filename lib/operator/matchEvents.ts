import { map, type OperatorFunction } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import { Entry } from '../event/Entry.ts';
import type { Gap } from '../event/Gap.ts';
import { type EventIn, isForReader, withEvent } from './EventIn.ts';

/** What the cases are of: the events in entries, and of a plain stream its gaps as well. @category operator */
export type Matched<T> = T extends Entry<unknown> ? EventIn<T> : T;

/** One function for each event, by its name on the wire. @category operator */
export type Cases<E, R = NonNullable<unknown> | null> = {
  readonly [Name in NameOf<E>]: (event: Extract<E, { readonly type: Name }>) => R;
};

/** A value of a stream with what a case gave in it. @category operator */
export type WithMatch<T, R> = T extends Entry<infer E> ? Entry<R | Extract<E, Gap>> : R;

type NameOf<E> = E extends { readonly type: infer Name extends string } ? Name : never;

/** No case for what the stream does not carry. */
type NoOthers<C, E> = { readonly [Name in Exclude<keyof C, NameOf<E>>]: never };

/** What the cases give. */
type Given<C> = { [Name in keyof C]: C[Name] extends (event: never) => infer R ? R : never }[keyof C];

/**
 * Makes something of each event by its name, and does not compile while a case is
 * missing.
 *
 * For a contract that grows: the compiler then shows each place that has to know.
 * A plain stream that may carry a gap needs its case too, under `'rxsse.gap'`.
 *
 * ```text
 * source              -p--s--g--|     (p order_paid, s order_shipped, g a gap)
 * matchEvents          -P--S--G--|
 * ```
 *
 * Inside entries places survive and gaps pass as they are, for they are for the
 * reader. Completes and errors with the source. What a case throws is an error of
 * the stream, and so are `undefined` and an event without a case, which a stream
 * that nobody checked may carry.
 *
 * @example A line for each event
 * const lines = orders.after('oldest').pipe(
 *   matchEvents({ order_paid: ({ data }) => `${data.user} paid ${data.total}` }),
 * );
 *
 * @throws TypeError at once, for a case that is no function.
 * @see mapEvents for one function for all.
 * @category operator
 */
export function matchEvents<T, C extends Cases<Matched<T>> & NoOthers<C, Matched<T>>>(
  cases: C,
): OperatorFunction<T, WithMatch<T, Given<C>>> {
  const table = new Map<unknown, (event: unknown) => unknown>(Object.entries(cases as object));
  for (const [name, give] of table) checkFunction(`matchEvents: ${name}`, give);

  return map((value) => {
    if (value instanceof Entry && isForReader(value)) return value as WithMatch<T, never>;
    const event: unknown = value instanceof Entry ? value.event : value;
    const give = table.get((event as { readonly type?: unknown } | null | undefined)?.type);
    if (give === undefined) {
      const names = shorten([...table.keys()].join(', '), 80);
      throw new TypeError(`matchEvents: expected an event of ${names}, got ${kindOf(event)} of another name`);
    }
    const given = give(event);
    if (given === undefined) throw new TypeError('matchEvents: expected each case to give something, got undefined');
    return withEvent(value, given) as WithMatch<T, Given<C>>;
  });
}
