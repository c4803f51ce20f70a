import { explain } from '../codec/explain.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from './events.ts';
import { definitionOf } from './stamp.ts';

/**
 * The definition by which a value may be sent under a contract: the one that
 * made it, or for a plain `{ type, data }` the one of that name, if it fits.
 *
 * @throws DecodeError when there is none, or the data is not as it says.
 * @internal
 */
export function checkEvent(contract: Contract, value: unknown): AnyDefinition {
  const made = definitionOf(value);
  if (made !== undefined) return made;
  if (!isEventLike(value)) throw new DecodeError(value, [`expected an event { type, data }, got ${kindOf(value)}`]);
  const definition = definitionNamed(contract, value.type);
  if (definition === undefined) {
    const names = shorten(namesOf(contract).join(', '), 80);
    throw new DecodeError(value, [`type: expected one of ${names}, got another name`]);
  }
  if (definition.payload.is(value.data)) return definition;
  throw new DecodeError(value, explain(definition.payload, value.data, `${definition.type}.data`));
}

function isEventLike(value: unknown): value is TypedEvent {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value
  );
}
