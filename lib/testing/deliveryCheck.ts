import { isLeft } from 'fp-ts/lib/Either.js';
import { type ParsedCursor, parseCursor } from '../event/cursor.ts';
import type { Message } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import type { EventSourceReader } from './EventSourceReader.ts';
import { describeResponse } from './TestReader.ts';

/** The promises of a route about its positions. */
export interface Promised {
  /** True where not every event of the log reaches the reader. */
  readonly filtered: boolean;
  /** True where the events of a reader depend on when it connected, so that they say nothing of another reader. */
  readonly stateful: boolean;
}

interface DeliveredEvent {
  readonly sequence: number;
  readonly text: string;
  /** Virtual milliseconds. */
  readonly at: number;
}

/** Every event that a reader received, by its position. */
type Deliveries = Map<string, DeliveredEvent[]>;

/**
 * Describes how a route broke its promise to a reader; `undefined` when it did not: over all connections each event
 * arrives once and in order, or a gap says otherwise.
 *
 * @param witness a reader of the same route whose connections are never lost
 */
export function deliveryCheck(
  reader: EventSourceReader,
  witness: EventSourceReader,
  { filtered, stateful }: Promised,
): string | undefined {
  const problem = responseOf(witness) ?? missingStream(witness) ?? responseOf(reader);
  if (problem !== undefined) return problem;
  const delivered = deliveriesTo(witness);
  const comparable: Deliveries = stateful ? new Map() : delivered;
  let position: ParsedCursor | undefined;
  for (const { connection, at, message, next } of messagesReadBy(reader)) {
    const when = `at ${at} ms, on connection ${connection + 1}`;
    if (message.id === undefined) {
      // An event of several that `conflateBy` emits together: the position follows with the last of them.
      if (stateful && position !== undefined) continue;
      return `an event without a position was received ${when}: a reader cannot resume after it`;
    }
    const cursor = cursorIn(message.id);
    const wrong =
      isGapFrame(message) || isGapFrame(next)
        ? undefined
        : problemBetween(position, cursor, message, comparable, filtered);
    if (wrong !== undefined) return `${wrong} ${when}`;
    position = cursor;
  }
  return stateful && hasReceivedLast(reader) ? undefined : missingAtEnd(reader, position, delivered);
}

/** Describes a response other than a stream, after which a reader does not reconnect. */
function responseOf({ end, connections }: EventSourceReader): string | undefined {
  const last = connections.at(-1);
  if (end === undefined || end.status === 204 || last === undefined) return undefined;
  return describeResponse(last, `, at ${end.at} ms, on connection ${connections.length}`);
}

/** Describes that no connection received a stream, without which there is no promise to check. */
function missingStream({ end, connections }: EventSourceReader): string | undefined {
  if (connections.some(({ isStream }) => isStream)) return undefined;
  const got = end === undefined ? 'no response' : `status ${end.status} for every request`;
  const hint = end === undefined ? `; ${whereItWaits}` : '';
  return `expected a stream of events, got ${got}; create a route that accepts the request${hint}`;
}

const whereItWaits =
  'where it waits for a promise, create it in this test with a function that does not, or use eventSource in asyncMarbles';

/** Describes what a reader did not receive that was connected at the end, or got the end. */
function missingAtEnd(
  { state, end, connectedAt }: EventSourceReader,
  position: ParsedCursor | undefined,
  delivered: Deliveries,
): string | undefined {
  if (state === 'closed' && end === undefined) return undefined;
  // Without a position it should receive what was sent while it was connected.
  const connectedSince = connectedAt.at(-1) ?? Infinity;
  const owed = (epoch: string, { sequence, at }: DeliveredEvent): boolean =>
    position === undefined
      ? state === 'open' && at > connectedSince
      : epoch === position.epoch && sequence > position.sequence;
  for (const [epoch, events] of delivered) {
    const missing = events.find((event) => owed(epoch, event));
    if (missing === undefined) continue;
    const stands = position === undefined ? 'has received nothing' : `has received ${position.sequence}`;
    return `${epoch}.${missing.sequence} was not received, although the reader was connected: it ${stands}`;
  }
  return undefined;
}

/** Describes what is wrong with a step from one position to another without a gap. */
function problemBetween(
  from: ParsedCursor | undefined,
  to: ParsedCursor,
  message: Message,
  delivered: Deliveries,
  filtered: boolean,
): string | undefined {
  const isEvent = !isPositionFrame(message);
  const known = delivered.get(to.epoch) ?? [];
  const same = known.find(({ sequence }) => sequence === to.sequence);
  if (isEvent && same !== undefined && same.text !== contentOf(message)) {
    return `${to.epoch}.${to.sequence} was another event than another reader received`;
  }
  if (from === undefined) return undefined;
  if (from.epoch !== to.epoch) return `the numbering changed from ${from.epoch} to ${to.epoch} and no gap reported it`;
  if (isEvent && to.sequence <= from.sequence) return `${to.sequence} was received again, after ${from.sequence}`;
  if (to.sequence < from.sequence) return `the position went back from ${from.sequence} to ${to.sequence}`;
  const end = isEvent ? to.sequence : to.sequence + 1;
  const skipped = known.find(({ sequence }) => sequence > from.sequence && sequence < end)?.sequence;
  const hole = !filtered && from.sequence + 1 < end ? from.sequence + 1 : undefined;
  const missing = skipped ?? hole;
  return missing === undefined ? undefined : `${missing} is missing after ${from.sequence}, and no gap reported it,`;
}

/** True when its last stream brought an event or a gap. */
function hasReceivedLast({ connections }: EventSourceReader): boolean {
  const last = connections.findLast(({ isStream }) => isStream);
  return last?.frames.some(({ frame }) => frame._tag === 'Message' && !isPositionFrame(frame)) ?? false;
}

function* messagesReadBy(reader: EventSourceReader) {
  for (const [connection, { frames }] of reader.connections.entries()) {
    const messages = frames.flatMap(({ at, frame }) => (frame._tag === 'Message' ? [{ at, message: frame }] : []));
    for (const [index, { at, message }] of messages.entries()) {
      yield { connection, at, message, next: messages[index + 1]?.message };
    }
  }
}

function deliveriesTo(reader: EventSourceReader): Deliveries {
  const delivered: Deliveries = new Map();
  for (const { message, at } of messagesReadBy(reader)) {
    if (message.id === undefined || message.event?.startsWith('rxsse.')) continue;
    const { epoch, sequence } = cursorIn(message.id);
    const events = delivered.get(epoch) ?? [];
    delivered.set(epoch, events);
    events.push({ sequence, text: contentOf(message), at });
  }
  return delivered;
}

/** True for a frame that carries a position and nothing else. */
function isPositionFrame({ event }: Message): boolean {
  return event === reserved.position || event === reserved.end;
}

function isGapFrame(message: Message | undefined): boolean {
  return message?.event === reserved.gap;
}

function contentOf({ event, data }: Message): string {
  return `${event ?? ''}\n${data}`;
}

function cursorIn(id: string): ParsedCursor {
  const cursor = parseCursor(id);
  if (isLeft(cursor))
    throw new TypeError(`property: expected a route of this library, whose ids are cursors, got the id ${id}`);
  return cursor.right;
}
