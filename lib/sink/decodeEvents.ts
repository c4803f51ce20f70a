import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Issue } from '../codec/describeFailure.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import { decodeInput } from '../event/decodeInput.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from '../event/events.ts';

/** The events of a body, one or an array of them, or all that is wrong with them. */
export function decodeEvents(
  contract: Contract,
  body: unknown,
  max: number,
): Either<readonly Issue[], readonly TypedEvent[]> {
  const isMany = Array.isArray(body);
  const given: readonly unknown[] = isMany ? body : [body];
  if (given.length === 0 || given.length > max) {
    const got = given.length === 0 ? 'an empty one' : 'a longer one';
    return left([{ path: 'body', expected: `an event, or an array of 1 to ${max}`, got }]);
  }
  const events: TypedEvent[] = [];
  const issues: Issue[] = [];
  for (const [index, value] of given.entries()) {
    const decoded = decodeEvent(contract, value, isMany ? `body[${index}]` : 'body');
    if (isLeft(decoded)) issues.push(...decoded.left);
    else events.push(decoded.right);
  }
  return issues.length > 0 ? left(issues) : right(events);
}

function decodeEvent(contract: Contract, value: unknown, at: string): Either<readonly Issue[], TypedEvent> {
  if (kindOf(value) !== 'object') return left([{ path: at, expected: 'an event { type, data }', got: kindOf(value) }]);
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
  const definition = typeof type === 'string' ? definitionNamed(contract, type) : undefined;
  if (definition === undefined) {
    const expected = `one of ${shorten(namesOf(contract).join(', '), 80)}`;
    return left([{ path: `${at}.type`, expected, got: typeof type === 'string' ? 'another name' : kindOf(type) }]);
  }
  const decoded = decodeInput(definition, data);
  if (!isLeft(decoded)) return decoded;
  // There they begin with the name of the event, here with its place in the body.
  return left(decoded.left.map((issue) => ({ ...issue, path: at + issue.path.slice(definition.type.length) })));
}
