import * as E from 'fp-ts/lib/Either.js';
import { type Issue, issuesOf } from '../codec/describeFailure.ts';
import { shapeOf } from './define.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { stamp } from './stamp.ts';

/**
 * Makes an event of data that a client sent: defaults are filled, unlike in
 * decoding from a server, which has to send them.
 *
 * @internal
 */
export function decodeInput(definition: AnyDefinition, data: unknown): E.Either<readonly Issue[], TypedEvent> {
  const codec = shapeOf(definition)?.input ?? definition.payload;
  const decoded = codec.decode(data);
  if (E.isLeft(decoded)) return E.left(issuesOf(decoded.left, `${definition.type}.data`));
  return E.right(stamp({ type: definition.type, data: decoded.right }, definition));
}
