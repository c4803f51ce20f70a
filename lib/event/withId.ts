import { kindOf } from '../data/kindOf.ts';
import { checkId } from '../wire/checkField.ts';
import type { TypedEvent } from './EventDefinition.ts';
import { definitionOf, ownId, stamp } from './stamp.ts';

/**
 * Returns the event with an id of the program's own, for a route with `resume: 'own-ids'`: the key of a row, an offset, a
 * sequence of another system. A reader that reconnects sends the last id that it received, which is
 * `context.lastEventId`.
 *
 * The result is a new event of the same type. The id is sent as it is; `''` clears the reader's position. Operators that
 * make another event of it, `mapEvents` for example, leave the id behind, so call this last.
 *
 * @example Resume from a table by its key
 * const Orders = events({ OrderPaid: { order: t.string } });
 * const rowsAfter = (key: number) => of({ key: key + 1, order: 'A-17' });
 * const route = sse({ events: Orders, resume: 'own-ids' }, ({ lastEventId }) =>
 *   rowsAfter(Number(lastEventId ?? 0)).pipe(
 *     map(({ key, order }) => withId(Orders.OrderPaid({ order }), String(key))),
 *   ),
 * );
 *
 * @throws TypeError for an id that is not one line of text, and for a value that is not an event. RangeError for an id of
 * more than 4096 bytes, which a reader could not send back.
 * @see message for a frame with an id.
 * @category event
 */
export function withId<const E extends TypedEvent>(event: E, id: string): E {
  if (kindOf(event) !== 'object') throw new TypeError(`withId: expected an event { type, data }, got ${kindOf(event)}`);
  checkId('withId: id', id);
  const { type, data } = event;
  const definition = definitionOf(event);
  const copy = { type, data } as E;
  // Not enumerable, so that no copy, comparison or JSON text contains it.
  Object.defineProperty(copy, ownId, { value: id });
  return definition === undefined ? copy : stamp(copy, definition);
}
