import type { OperatorFunction } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import type { AnyDefinition, TypedEvent } from '../event/EventDefinition.ts';
import type { EventIn, WithEvent } from './EventIn.ts';
import { filterEvents } from './filterEvents.ts';

/** The definition of an event that the stream may carry. @category operator */
type DefinitionIn<T> = AnyDefinition & { readonly type: NameOf<EventIn<T>> };

/** The members of a union of events that have one of these names. @category operator */
type Named<E, Name extends string> = E extends { readonly type: Name }
  ? E
  : Name extends NameOf<E>
    ? E & { readonly type: Name }
    : never;

type NameOf<E> = E extends { readonly type: infer Name extends string } ? Name : never;

/**
 * Emits the events of some definitions, and keeps the position of every entry.
 *
 * Use it for a reader who wants some events of a contract. It compares the name
 * alone, so the events of the stream should be checked, as those of a feed are. Gaps
 * and position-only entries always pass.
 *
 * ```text
 * entries              -p--s--p--|     (p an OrderPaid, s an OrderShipped)
 * ofType, OrderPaid    -p--·--p--|     (· is the position of s, without its event)
 * ```
 *
 * Completes and errors with the source. Holds nothing.
 *
 * @example Only paid orders
 * const paid = sse((context) => orders.read(context).pipe(ofType(Orders.OrderPaid)));
 *
 * @throws TypeError at once, without a definition, or for a value that is not one.
 * @see filterEvents, whose predicate sees the data.
 * @category operator
 */
export function ofType<T, Ds extends readonly [DefinitionIn<T>, ...DefinitionIn<T>[]]>(
  ...definitions: Ds
): OperatorFunction<T, WithEvent<T, Named<EventIn<T>, Ds[number]['type']>>> {
  const values: readonly unknown[] = definitions;
  if (values.length === 0) throw new TypeError('ofType: at least one definition of an event must be passed, got none');
  const names = new Set(values.map(nameOf));
  const isNamed = (event: EventIn<T>): event is Named<EventIn<T>, Ds[number]['type']> =>
    names.has((event as TypedEvent | null | undefined)?.type ?? '');
  return filterEvents<T, typeof isNamed>(isNamed);
}

function nameOf(definition: unknown): string {
  if (typeof definition === 'function' && 'type' in definition && typeof definition.type === 'string') {
    return definition.type;
  }
  throw new TypeError(`ofType: each argument must be the definition of an event, got ${kindOf(definition)}`);
}
