import type { OperatorFunction } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import type { AnyDefinition, TypedEvent } from '../event/EventDefinition.ts';
import type { EventIn, WithEvent } from './EventIn.ts';
import { filterEvents } from './filterEvents.ts';

/** The definition of an event that the stream may carry. @category operator */
export type DefinitionIn<T> = AnyDefinition & { readonly type: NameOf<EventIn<T>> };

/** Those of some events that have one of these names. @category operator */
export type Named<E, Name extends string> = E extends { readonly type: Name }
  ? E
  : Name extends NameOf<E>
    ? E & { readonly type: Name }
    : never;

type NameOf<E> = E extends { readonly type: infer Name extends string } ? Name : never;

/**
 * Lets through the events of some definitions, and keeps every place.
 *
 * For a reader who wants some events of a feed's contract. Looks at the name
 * alone, so the stream should be one whose events are checked, as those of a
 * feed are. Gaps and bare places always pass.
 *
 * ```text
 * entries            -p--s--p--|     (p an OrderPaid, s an OrderShipped)
 * ofType OrderPaid   -p--·--p--|     (· the place of s, without its event)
 * ```
 *
 * Completes and errors with the source.
 *
 * @example Only what was paid
 * const paid = sse((context) => orders.read(context).pipe(ofType(Orders.OrderPaid)));
 *
 * @throws TypeError at once, without a definition or for what is none.
 * @see filterEvents to look at the data.
 * @category operator
 */
export function ofType<T, Ds extends readonly [DefinitionIn<T>, ...DefinitionIn<T>[]]>(
  ...definitions: Ds
): OperatorFunction<T, WithEvent<T, Named<EventIn<T>, Ds[number]['type']>>> {
  const given: readonly unknown[] = definitions;
  if (given.length === 0) throw new TypeError('ofType: expected the definition of an event, got none');
  const names = new Set(given.map(nameOf));
  const isNamed = (event: EventIn<T>): event is Named<EventIn<T>, Ds[number]['type']> =>
    names.has((event as TypedEvent | null | undefined)?.type ?? '');
  return filterEvents<T, typeof isNamed>(isNamed);
}

function nameOf(definition: unknown): string {
  if (typeof definition === 'function' && 'type' in definition && typeof definition.type === 'string') {
    return definition.type;
  }
  throw new TypeError(`ofType: expected the definition of an event, got ${kindOf(definition)}`);
}
