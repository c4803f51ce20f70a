import { type Frame, isFrame } from '../wire/Frame.ts';
import { jsonText } from '../wire/jsonText.ts';
import { checkEvent } from './checkEvent.ts';
import type { TypedEvent } from './EventDefinition.ts';
import { encodeData } from './encodeData.ts';
import type { Contract } from './events.ts';
import { definitionOf } from './stamp.ts';

/** An event as it will stand on the wire, all but its id: nothing has placed it yet. @category log */
export interface EncodedEvent {
  readonly event: string | undefined;
  readonly data: string;
  readonly retry: number | undefined;
}

/**
 * What a value of a stream is on the wire: a typed event by the definition that
 * made it, a plain `{ type, data }` by the contract's definition of that name, a
 * frame as it is, and anything else, where there is no contract, as JSON under
 * no name. Comments and retries have no place in a log and come out as text.
 *
 * @throws TypeError when the value cannot be sent.
 * @throws DecodeError when it is not as the contract says.
 */
export function encodeEvent(value: unknown, contract: Contract | undefined): EncodedEvent | Frame {
  if (isFrame(value)) return value;
  const definition = contract === undefined ? definitionOf(value) : checkEvent(contract, value);
  if (definition === undefined) return draft(undefined, jsonText('sse: a value of the stream', value));
  return draft(definition.type, encodeData(definition, value as TypedEvent));
}

/**
 * The draft of a value that a log can place; `undefined` for a comment or a
 * retry, which have no place and are not remembered.
 *
 * @throws TypeError for a message with an id of its own: positions are the log's to give.
 */
export function encodeLogged(value: unknown, contract: Contract | undefined): EncodedEvent | undefined {
  const draft = encodeEvent(value, contract);
  if (!('_tag' in draft)) return draft;
  if (draft._tag !== 'Message') return undefined;
  if (draft.id === undefined) return draft;
  throw new TypeError('a message of a stream that resumes has an id of its own: leave it out, the log gives positions');
}

function draft(event: string | undefined, data: string): EncodedEvent {
  return { event, data, retry: undefined };
}
