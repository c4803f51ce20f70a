import { describeFailure } from '../codec/describeFailure.ts';
import { shorten } from '../data/shorten.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { AnyDefinition, TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, unknownType } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { stamp } from '../event/stamp.ts';
import type { Message } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import type { DecodingOptions, RawEvent } from './FromSseOptions.ts';

/** An event of a client's stream, whatever its contract is. */
export type ClientEvent = TypedEvent | Gap | RawEvent;

/** A message as a parser or an EventSource delivers it; the id is that of its own block. */
export type ReceivedMessage = Pick<Message, 'event' | 'data'> & Partial<Pick<Message, 'id'>>;

/**
 * Decodes a message by its name: into an event of the contract, a gap, or a raw event. Returns `undefined` for a
 * message that is dropped, and for one of the library's own that is not an event.
 *
 * @param definitions those of the contract
 * @param report called for a message that is dropped, with what was done and the option that decides it
 * @throws DecodeError for a malformed gap, and for a bad event where the policy is `error`.
 */
export function decodeMessage(
  contract: Contract,
  definitions: ReadonlyMap<string, AnyDefinition>,
  options: Pick<DecodingOptions, 'unknownEvents' | 'invalidEvents' | 'textEvents'>,
  { event = 'message', data }: ReceivedMessage,
  report: (what: string, option: string, error: DecodeError) => void,
): ClientEvent | undefined {
  if (event === reserved.gap) return decodeGap(data);
  // The library's other names are positions, ends, and what later versions add.
  if (event.startsWith('rxsse.')) return undefined;

  const reject = (option: 'unknownEvents' | 'invalidEvents', ...issues: readonly string[]): RawEvent | undefined => {
    const error = new DecodeError(data, issues, event);
    const policy = options[option];
    if (policy === 'error') throw error;
    if (policy === 'raw') return { type: 'rxsse.raw', data: { event, text: data, error } };
    report(`dropped the event ${JSON.stringify(shorten(event, 80))}`, option, error);
    return undefined;
  };
  const definition = definitions.get(event);
  if (definition === undefined) return reject('unknownEvents', unknownType(contract, event));
  const path = `${event}.data`;
  const value = options.textEvents?.includes(event) ? data : parseJsonText(data);
  if (value === undefined) return reject('invalidEvents', `${path}: expected JSON, got other text`);
  const decoded = definition.payload.decode(value);
  if (decoded._tag === 'Left') return reject('invalidEvents', ...describeFailure(decoded.left, path));
  return stamp({ type: event, data: decoded.right }, definition);
}

/** Returns true if the data of an end message says that the stream failed. */
export function isFailedEnd(data: string): boolean {
  return (parseJsonText(data) as { readonly reason?: unknown } | null | undefined)?.reason === 'failed';
}

/** Decodes a gap. No policy drops one: a subscriber that cannot read it would not know that events are missing. */
function decodeGap(text: string): Gap {
  const data = parseJsonText(text) as Partial<Gap['data']> | null | undefined;
  const { reason, requested, resumedFrom } = data ?? {};
  if (isString(reason) && isString(resumedFrom) && (requested === null || isString(requested))) {
    return { type: reserved.gap, data: data as Gap['data'] };
  }
  throw new DecodeError(text, [`${reserved.gap}.data: expected { reason, requested, resumedFrom }, got other data`]);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/** Returns the parsed value; `undefined` for text that is not JSON. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
