import { concatMap, type Observable, type OperatorFunction } from 'rxjs';
import { decodeEvent } from '../event/decodeEvent.ts';
import { type Contract, type EventOf, findDefinition } from '../event/events.ts';
import type { ModelOptions } from './ModelOptions.ts';
import type { ModelMessage } from './modelMessages.ts';

/**
 * Decodes the events of a model by a contract, up to the last one. Events that the contract does not have are passed to
 * `onUnknownEvent` and left out; one that it has and that does not match errors the stream with a `DecodeError`, since an
 * answer without it would look complete.
 */
export function decodeModelEvents<C extends Contract>(
  contract: C,
  isKnown: (message: ModelMessage) => boolean,
  { onUnknownEvent }: ModelOptions,
): OperatorFunction<ModelMessage, EventOf<C>> {
  return (messages: Observable<ModelMessage>) =>
    messages.pipe(
      concatMap((message): readonly EventOf<C>[] => {
        const { type } = message;
        if (findDefinition(contract, type) !== undefined && isKnown(message)) {
          return [decodeEvent(contract, { type, data: message }) as EventOf<C>];
        }
        onUnknownEvent?.(type, message);
        return [];
      }),
    );
}
