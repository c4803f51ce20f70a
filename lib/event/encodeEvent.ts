import { describeMismatch } from '../codec/describeFailure.ts';
import { kindOf } from '../data/kindOf.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { eventTooLarge } from '../error/LimitError.ts';
import { type Frame, isFrame } from '../wire/Frame.ts';
import { jsonText } from '../wire/jsonText.ts';
import { fitsIn } from '../wire/utf8.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { type Contract, findDefinition, unknownType } from './events.ts';
import { definitionOf } from './stamp.ts';

/** An event as it is sent, without its id: a log or a connection assigns the position. @category log */
export interface EncodedEvent {
  readonly event: string | undefined;
  readonly data: string;
  readonly retry: number | undefined;
}

/**
 * Encodes a value of a stream: a typed event by the definition that made it, a plain `{ type, data }` by the contract's
 * definition of that name, a frame as it is, and anything else, without a contract, as JSON without a name.
 *
 * @throws TypeError for a value that cannot be sent.
 * @throws DecodeError for a value that does not match the contract.
 */
export function encodeEvent(value: unknown, contract: Contract | undefined): EncodedEvent | Frame {
  if (isFrame(value)) return value;
  const definition = contract === undefined ? definitionOf(value) : checkEvent(contract, value);
  if (definition === undefined) return encoded(undefined, jsonText('sse: a value of the stream', value));
  return encoded(definition.type, encodeData(definition, value as TypedEvent));
}

/**
 * Encodes a value for a log. Returns `undefined` for a comment or a retry, which have no position and are not stored.
 *
 * @throws TypeError for a message with an id of its own: the log assigns positions.
 */
export function encodeLogged(value: unknown, contract: Contract | undefined): EncodedEvent | undefined {
  const event = encodeEvent(value, contract);
  if (!('_tag' in event)) return event;
  if (event._tag !== 'Message') return undefined;
  if (event.id === undefined) return event;
  throw new TypeError(
    'a message of a stream that resumes has an id of its own; leave it out, the log assigns positions',
  );
}

/** Encodes the data of an event as JSON text: the fields of its definition, and no others. @internal */
export function encodeData(definition: AnyDefinition, event: { readonly data: unknown }): string {
  const text: string | undefined = JSON.stringify(definition.payload.encode(event.data));
  return text ?? 'null';
}

/**
 * Checks that the data of an event is at most so large.
 *
 * @throws LimitError when it is larger.
 */
export function checkSize({ event, data }: EncodedEvent, maxEventBytes: number): void {
  if (!fitsIn(maxEventBytes, data)) throw eventTooLarge(event, maxEventBytes);
}

/**
 * Returns the definition by which a value may be sent under a contract: the one that made it, or for a plain
 * `{ type, data }` the one of that name.
 *
 * @throws DecodeError when the contract has no such name, or the data does not match.
 * @internal
 */
export function checkEvent(contract: Contract, value: unknown): AnyDefinition {
  const made = definitionOf(value);
  if (made !== undefined) return made;
  if (!isEventLike(value)) throw new DecodeError(value, [`expected an event { type, data }, got ${kindOf(value)}`]);
  const definition = findDefinition(contract, value.type);
  if (definition === undefined) throw new DecodeError(value, [unknownType(contract, value.type)]);
  if (definition.payload.is(value.data)) return definition;
  throw new DecodeError(value, describeMismatch(definition.payload, value.data, `${definition.type}.data`));
}

function encoded(event: string | undefined, data: string): EncodedEvent {
  return { event, data, retry: undefined };
}

function isEventLike(value: unknown): value is TypedEvent {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value
  );
}
