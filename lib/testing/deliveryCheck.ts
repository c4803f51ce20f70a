import { isLeft } from 'fp-ts/lib/Either.js';
import { type ParsedCursor, parseCursor } from '../event/Cursor.ts';
import type { Message } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import { answerOf } from './answerOf.ts';
import type { EventSourceReader } from './EventSourceReader.ts';

/** What a route promises of the positions of its events. */
export interface Promised {
  /** Not every event of a log reaches its reader. */
  readonly filtered: boolean;
  /** What a reader is given depends on when it came, and so says nothing of another one. */
  readonly stateful: boolean;
}

interface GivenEvent {
  readonly sequence: number;
  readonly text: string;
  /** Virtual milliseconds. */
  readonly at: number;
}

/** Each event that somebody was given, by its position. */
type Given = Map<string, GivenEvent[]>;

/**
 * How a route broke its promise to a reader, in words; `undefined` when it kept
 * it: over all connections each event once and in order, or a gap that says so.
 *
 * @param witness a reader of the same route that never lost anything by itself.
 */
export function deliveryCheck(
  reader: EventSourceReader,
  witness: EventSourceReader,
  { filtered, stateful }: Promised,
): string | undefined {
  const unserved = refusalOf(witness) ?? nothingServed(witness) ?? refusalOf(reader);
  if (unserved !== undefined) return unserved;
  const given = givenTo(witness);
  const comparable: Given = stateful ? new Map() : given;
  let position: ParsedCursor | undefined;
  for (const { connection, at, message, next } of messagesOf(reader)) {
    const when = `at ${at} ms, on connection ${connection + 1}`;
    if (message.id === undefined) return `an event without a position came ${when}: a reader cannot resume after it`;
    const cursor = cursorIn(message.id);
    const wrong = isGap(message) || isGap(next) ? undefined : step(position, cursor, message, comparable, filtered);
    if (wrong !== undefined) return `${wrong} ${when}`;
    position = cursor;
  }
  return stateful && wasGivenLast(reader) ? undefined : neverCame(reader, position, given);
}

/** An answer that a reader was given in place of a stream, and that keeps it from coming back. */
function refusalOf({ end, connections }: EventSourceReader): string | undefined {
  const last = connections.at(-1);
  if (end === undefined || end.status === 204 || last === undefined) return undefined;
  return answerOf(last, `, at ${end.at} ms, on connection ${connections.length}`);
}

/** Where there is no stream there is no promise to keep. */
function nothingServed({ end, connections }: EventSourceReader): string | undefined {
  if (connections.some(({ isStream }) => isStream)) return undefined;
  const answer = end === undefined ? 'no answer came' : `the answer was always ${end.status}`;
  return `${answer}: there is no stream to test`;
}

/** What a reader that is there at the end was not given, or one that was told that there is no more. */
function neverCame(
  { state, end, connectedAt }: EventSourceReader,
  position: ParsedCursor | undefined,
  given: Given,
): string | undefined {
  if (state === 'closed' && end === undefined) return undefined;
  // Without a position it is owed what came while it was there.
  const cameAt = connectedAt.at(-1) ?? Infinity;
  const owed = (epoch: string, { sequence, at }: GivenEvent): boolean =>
    position === undefined ? state === 'open' && at > cameAt : epoch === position.epoch && sequence > position.sequence;
  for (const [epoch, events] of given) {
    const missing = events.find((event) => owed(epoch, event));
    if (missing === undefined) continue;
    const stands = position === undefined ? 'was given nothing' : `stands at ${position.sequence}`;
    return `${epoch}.${missing.sequence} never came, though the reader was there: it ${stands}`;
  }
  return undefined;
}

/** What is wrong with coming from one position to another without a gap. */
function step(
  from: ParsedCursor | undefined,
  to: ParsedCursor,
  message: Message,
  given: Given,
  filtered: boolean,
): string | undefined {
  const isEvent = !isPlace(message);
  const known = given.get(to.epoch) ?? [];
  const same = known.find(({ sequence }) => sequence === to.sequence);
  if (isEvent && same !== undefined && same.text !== textOf(message)) {
    return `${to.epoch}.${to.sequence} was another event than another reader was given`;
  }
  if (from === undefined) return undefined;
  if (from.epoch !== to.epoch) return `the numbering changed from ${from.epoch} to ${to.epoch} and no gap told it`;
  if (isEvent && to.sequence <= from.sequence) return `${to.sequence} came again, after ${from.sequence}`;
  if (to.sequence < from.sequence) return `the position went back from ${from.sequence} to ${to.sequence}`;
  const end = isEvent ? to.sequence : to.sequence + 1;
  const skipped = known.find(({ sequence }) => sequence > from.sequence && sequence < end)?.sequence;
  const hole = !filtered && from.sequence + 1 < end ? from.sequence + 1 : undefined;
  const missing = skipped ?? hole;
  return missing === undefined ? undefined : `${missing} is missing after ${from.sequence}, and no gap tells it,`;
}

/** Its last stream brought it an event, or a gap. */
function wasGivenLast({ connections }: EventSourceReader): boolean {
  const last = connections.findLast(({ isStream }) => isStream);
  return last?.frames.some(({ frame }) => frame._tag === 'Message' && !isPlace(frame)) ?? false;
}

function* messagesOf(reader: EventSourceReader) {
  for (const [connection, { frames }] of reader.connections.entries()) {
    const messages = frames.flatMap(({ at, frame }) => (frame._tag === 'Message' ? [{ at, message: frame }] : []));
    for (const [index, { at, message }] of messages.entries()) {
      yield { connection, at, message, next: messages[index + 1]?.message };
    }
  }
}

function givenTo(reader: EventSourceReader): Given {
  const given: Given = new Map();
  for (const { message, at } of messagesOf(reader)) {
    if (message.id === undefined || message.event?.startsWith('rxsse.')) continue;
    const { epoch, sequence } = cursorIn(message.id);
    const events = given.get(epoch) ?? [];
    given.set(epoch, events);
    events.push({ sequence, text: textOf(message), at });
  }
  return given;
}

/** It says where the reader stands, and nothing else. */
function isPlace({ event }: Message): boolean {
  return event === reserved.position || event === reserved.end;
}

function isGap(message: Message | undefined): boolean {
  return message?.event === reserved.gap;
}

function textOf({ event, data }: Message): string {
  return `${event ?? ''}\n${data}`;
}

function cursorIn(id: string): ParsedCursor {
  const cursor = parseCursor(id);
  if (isLeft(cursor)) throw new TypeError(`property: it is for routes of this library, whose ids are cursors: ${id}`);
  return cursor.right;
}
