import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Issue, issuesOf, linesOf } from '../codec/describeFailure.ts';
import { kindOf } from '../data/kindOf.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { isFrame } from '../wire/Frame.ts';
import { inputOf } from './define.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { type Contract, findDefinition, unknownType, unknownTypeIssue } from './events.ts';
import { definitionOf, stamp } from './stamp.ts';

/**
 * Decodes a value from outside into an event of a contract, by its name. An event that a definition of the contract
 * made is returned as it is.
 *
 * @throws DecodeError for a value that is not such an event.
 * @internal
 */
export function decodeEvent(contract: Contract, value: unknown): TypedEvent {
  const made = definitionOf(value);
  if (made !== undefined && findDefinition(contract, made.type) === made) return value as TypedEvent;
  const { type, data } = rawEvent(value);
  const definition = findDefinition(contract, type);
  if (definition === undefined) throw new DecodeError(value, [unknownType(contract, type)]);
  const decoded = definition.codec.decode({ type, data });
  if (isLeft(decoded)) throw new DecodeError(value, linesOf(issuesOf(decoded.left, definition.type)));
  return decoded.right;
}

/**
 * Decodes data that a client sent into an event. Defaults are filled, unlike in decoding from a server, which sends
 * every field.
 *
 * @internal
 */
export function decodeInput(definition: AnyDefinition, data: unknown): Either<readonly Issue[], TypedEvent> {
  const decoded = inputOf(definition).decode(data);
  if (isLeft(decoded)) return left(issuesOf(decoded.left, `${definition.type}.data`));
  return right(stamp({ type: definition.type, data: decoded.right }, definition));
}

/**
 * Decodes the body of a request: one event, or an array of them. Returns the events, or the issues of all of them.
 *
 * @internal
 */
export function decodeBody(
  contract: Contract,
  body: unknown,
  maxBatch: number,
): Either<readonly Issue[], readonly TypedEvent[]> {
  const isBatch = Array.isArray(body);
  const values: readonly unknown[] = isBatch ? body : [body];
  if (values.length === 0 || values.length > maxBatch) {
    const got = values.length === 0 ? 'an empty one' : 'a longer one';
    return left([{ path: 'body', expected: `an event, or an array of 1 to ${maxBatch}`, got }]);
  }
  const events: TypedEvent[] = [];
  const issues: Issue[] = [];
  for (const [index, value] of values.entries()) {
    const decoded = decodeItem(contract, value, isBatch ? `body[${index}]` : 'body');
    if (isLeft(decoded)) issues.push(...decoded.left);
    else events.push(decoded.right);
  }
  return issues.length > 0 ? left(issues) : right(events);
}

function decodeItem(contract: Contract, value: unknown, at: string): Either<readonly Issue[], TypedEvent> {
  if (kindOf(value) !== 'object') return left([{ path: at, expected: 'an event { type, data }', got: kindOf(value) }]);
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
  const definition = findDefinition(contract, type);
  if (definition === undefined) return left([unknownTypeIssue(contract, type, `${at}.type`)]);
  const decoded = decodeInput(definition, data);
  if (!isLeft(decoded)) return decoded;
  // The paths start with the name of the event; in a body they start with its position in the body.
  return left(decoded.left.map((issue) => ({ ...issue, path: at + issue.path.slice(definition.type.length) })));
}

function rawEvent(value: unknown): { readonly type?: unknown; readonly data?: unknown } {
  if (isFrame(value) && value._tag === 'Message') {
    return { type: value.event ?? 'message', data: parseData(value, value.data, 'data') };
  }
  const event = typeof value === 'string' ? parseData(value, value, 'event') : value;
  if (kindOf(event) === 'object') return event as object;
  throw new DecodeError(value, [`event: expected { type, data }, got ${kindOf(event)}`]);
}

function parseData(value: unknown, text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError(value, [`${what}: expected JSON, got other text`]);
  }
}
