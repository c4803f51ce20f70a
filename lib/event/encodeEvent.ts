import { describeMismatch } from '../codec/describeFailure.ts';
import { kindOf } from '../data/kindOf.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { eventTooLarge } from '../error/LimitError.ts';
import { type Frame, isFrame, isReceived, Message } from '../wire/Frame.ts';
import { jsonText } from '../wire/jsonText.ts';
import { reserved } from '../wire/reserved.ts';
import { eventSourceNames, libraryName } from '../wire/reservedName.ts';
import { canBeSent, fitsIn } from '../wire/utf8.ts';
import { isEntry } from './Entry.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { type Contract, findDefinition, namesOf, unknownType } from './events.ts';
import { definitionOf, ownIdOf } from './stamp.ts';

/** An event as it is sent, without its id: a log or a connection assigns the position. @category log */
export interface EncodedEvent {
  readonly event: string | undefined;
  readonly data: string;
  readonly retry: number | undefined;
}

/** An event that a definition has checked and encoded. */
export class CheckedEvent implements EncodedEvent {
  readonly event: string;
  readonly data: string;
  readonly retry = undefined;
  readonly definition: AnyDefinition;
  /** The fields that were encoded: of the program's own object, where there was nothing to change. */
  readonly fields: unknown;

  constructor(definition: AnyDefinition, event: { readonly data: unknown }) {
    this.definition = definition;
    this.event = definition.type;
    this.fields = definition.payload.encode(event.data);
    const text: string | undefined = JSON.stringify(this.fields);
    this.data = text ?? 'null';
  }
}

/** Says which frames a stream may send. */
export interface FrameRules {
  /** True where the program numbers its events itself, so that ids are sent as they are. */
  readonly hasOwnIds: boolean;
  /** The names that neither an event nor a frame may have, beside those of the library. */
  readonly reservedNames: ReadonlySet<string>;
}

const isReserved = 'is reserved: EventSource dispatches its own event under that name';

/** The rules of a feed, and of every route that does not change them. */
const defaultRules: FrameRules = { hasOwnIds: false, reservedNames: eventSourceNames };

/**
 * Encodes a value of a stream: a typed event by the definition that made it, a plain `{ type, data }` by the contract's
 * definition of that name, a frame as it is, and anything else, without a contract, as JSON without a name. Returns
 * `undefined` for a frame of another server that concerns only that server's own readers.
 *
 * @throws TypeError for a value that cannot be sent.
 * @throws DecodeError for a value that does not match the contract.
 */
export function encodeEvent(
  value: unknown,
  contract: Contract | undefined,
  rules = defaultRules,
): EncodedEvent | Frame | undefined {
  if (isFrame(value)) return isReceived(value) ? adopt(value, rules) : checkFrame(value, rules);
  const definition = contract === undefined ? definitionOf(value) : checkEvent(contract, value);
  if (definition !== undefined) checkName('an event', definition.type, rules);
  else if (typeof value === 'object' && isEntry(value)) throw new TypeError(notSendable);
  const encoded: EncodedEvent =
    definition === undefined
      ? { event: undefined, data: jsonText('sse: a value of the stream', value), retry: undefined }
      : new CheckedEvent(definition, value as TypedEvent);
  const id = ownIdOf(value);
  return id === undefined ? encoded : checkFrame(new Message(id, encoded.event, undefined, encoded.data), rules);
}

/**
 * Encodes a value for a log. Returns `undefined` for a comment or a retry, which have no position and are not stored.
 *
 * @throws TypeError for a message with an id of its own: the log assigns positions.
 */
export function encodeLogged(
  value: unknown,
  contract: Contract | undefined,
  rules = defaultRules,
): EncodedEvent | undefined {
  const event = encodeEvent(value, contract, rules);
  return event === undefined || !('_tag' in event) || event._tag === 'Message' ? event : undefined;
}

/**
 * Checks that every event of a contract may be sent.
 *
 * @throws TypeError for a contract with a name that can only be read.
 */
export function checkNames(where: string, contract: Contract, { reservedNames } = defaultRules): void {
  for (const name of namesOf(contract)) {
    if (!reservedNames.has(name)) continue;
    throw new TypeError(
      `${where} has an event named ${name}, which ${isReserved}; use it to read only, or another name`,
    );
  }
}

/**
 * Checks the name of what is sent.
 *
 * @throws TypeError for a name that can only be read.
 */
export function checkName(what: string, name: string | undefined, { reservedNames }: FrameRules): void {
  if (name === undefined || !reservedNames.has(name)) return;
  throw new TypeError(`${what} named ${name} ${isReserved}; use another name, or a wire with other control blocks`);
}

/** Checks a frame that the program made. */
function checkFrame(frame: Frame, rules: FrameRules): Frame {
  if (frame._tag !== 'Message') return frame;
  if (frame.id !== undefined && !rules.hasOwnIds) {
    throw new TypeError(
      "an event has an id of its own, but the route or the feed numbers its events; leave the id out, or use resume: 'own-ids'",
    );
  }
  checkName('a message', frame.event, rules);
  return frame;
}

/**
 * Makes a frame of another server one of this stream. Its id is a position there, its wait is for that server's readers,
 * and its position and end are those of that connection. A reserved name that says something is prefixed, so that it is
 * neither taken for ours nor lost. An id that no reader could send back is left out, which would end a reader for good.
 */
function adopt(frame: Frame, { hasOwnIds, reservedNames }: FrameRules): Frame | undefined {
  if (frame._tag !== 'Message') return frame._tag === 'Retry' ? undefined : frame;
  const { id, event, data } = frame;
  if (event === reserved.position || event === reserved.end) return undefined;
  const ownId = hasOwnIds && id !== undefined && canBeSent(id) ? id : undefined;
  const isRenamed = event !== undefined && (reservedNames.has(event) || libraryName(event) !== undefined);
  if (!isRenamed && id === ownId) return frame;
  return new Message(ownId, isRenamed ? `upstream.${event}` : event, undefined, data);
}

const notSendable =
  'the stream emitted an entry, which only feed.read(context) of the route may do; send the events of feed.events(), or mount the feed';

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
  if (!isEventLike(value)) {
    if (isEntry(value)) throw new TypeError(notSendable);
    throw new DecodeError(value, [`expected an event { type, data }, got ${kindOf(value)}`]);
  }
  const definition = findDefinition(contract, value.type);
  if (definition === undefined) throw new DecodeError(value, [unknownType(contract, value.type)]);
  if (definition.payload.is(value.data)) return definition;
  throw new DecodeError(value, describeMismatch(definition.payload, value.data, `${definition.type}.data`));
}

function isEventLike(value: unknown): value is TypedEvent {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value
  );
}
