import { isLeft } from 'fp-ts/lib/Either.js';
import { issuesOf, linesOf } from '../codec/describeFailure.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { isFrame } from '../wire/Frame.ts';
import type { TypedEvent } from './EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from './events.ts';
import { definitionOf } from './stamp.ts';

/**
 * The event of a contract that a value from outside is: itself where a
 * definition of the contract made it, else decoded by its name.
 *
 * @throws DecodeError where it is none.
 * @internal
 */
export function decodeEvent(contract: Contract, value: unknown): TypedEvent {
  const made = definitionOf(value);
  if (made !== undefined && definitionNamed(contract, made.type) === made) return value as TypedEvent;
  const { type, data } = rawEvent(value);
  const definition = typeof type === 'string' ? definitionNamed(contract, type) : undefined;
  if (definition === undefined) {
    const got = typeof type === 'string' ? 'another name' : kindOf(type);
    throw new DecodeError(value, [`type: expected one of ${shorten(namesOf(contract).join(', '), 80)}, got ${got}`]);
  }
  const decoded = definition.codec.decode({ type, data });
  if (isLeft(decoded)) throw new DecodeError(value, linesOf(issuesOf(decoded.left, definition.type)));
  return decoded.right;
}

function rawEvent(value: unknown): { readonly type?: unknown; readonly data?: unknown } {
  if (isFrame(value) && value._tag === 'Message') {
    return { type: value.event ?? 'message', data: parsed(value, value.data, 'data') };
  }
  const event = typeof value === 'string' ? parsed(value, value, 'event') : value;
  if (kindOf(event) === 'object') return event as object;
  throw new DecodeError(value, [`event: expected { type, data }, got ${kindOf(event)}`]);
}

function parsed(value: unknown, text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError(value, [`${what}: expected JSON, got other text`]);
  }
}
