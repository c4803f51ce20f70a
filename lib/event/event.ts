import type { DataOf, EncodedOf, InputOf, Shape } from '../codec/Shape.ts';
import type { CheckedName } from '../wire/reservedName.ts';
import { define } from './define.ts';
import type { EventDefinition } from './EventDefinition.ts';

/**
 * Defines one kind of event: its name and the shape of its data.
 *
 * The result creates such events, decodes and encodes them, and recognises them. The shape is a record of io-ts props,
 * or a codec for data that is not a record; without one the data is `null`. It is made exact at every depth: a field
 * that it does not name is neither sent nor accepted. Data of a recursive codec may be 200 levels deep.
 *
 * A codec may also be a Standard Schema of zod, valibot, arktype, Effect and others. It is called as it is, for each event,
 * and its own rule decides about fields that it does not name.
 *
 * An event `error` or `open` is for reading other servers: an EventSource dispatches its own events under these names,
 * so a feed refuses them, and so does a route whose `wire.control` is `'events'`.
 *
 * @example Define an event and create one
 * const OrderPaid = event('order.paid', { order: t.string, total: t.number });
 * type OrderPaid = EventOf<typeof OrderPaid>;
 * const paid: OrderPaid = OrderPaid({ order: 'A-17', total: 12.5 });
 *
 * @example With a schema of zod
 * import { z } from 'zod';
 *
 * const Said = event('said', z.object({ text: z.string().max(1000) }));
 *
 * @throws TypeError at once, when the name is empty, reserved (`rxsse.…`) or not one line; when JSON cannot carry the
 * shape; and for a union whose members cannot be distinguished on the wire, neither by the kind of
 * JSON nor by a literal field.
 * @see events for several events that are sent together.
 * @category event
 */
export function event<T extends string, S extends Shape | undefined = undefined>(
  type: CheckedName<T>,
  shape?: S,
): EventDefinition<T, DataOf<S>, InputOf<S>, EncodedOf<S>> {
  return define(type, shape) as unknown as EventDefinition<T, DataOf<S>, InputOf<S>, EncodedOf<S>>;
}
