import { runIn } from '../data/asyncScope.ts';
import { type DiagnosticsChannel, diagnosticsChannel } from '../data/diagnosticsChannel.ts';
import type { Connection } from './Connection.ts';
import type {
  ConnectionCloseMessage,
  ConnectionErrorMessage,
  ConnectionGapMessage,
  ConnectionMessage,
  ConnectionOpenMessage,
  ConnectionRefuseMessage,
} from './DiagnosticsMessages.ts';
import type { AnyContext } from './SseContext.ts';
import { describeRequest } from './SseRequest.ts';

/** The channels of the connections of all routes. */
export const connectionChannels = {
  open: diagnosticsChannel<ConnectionOpenMessage>('rxsse:connection:open'),
  gap: diagnosticsChannel<ConnectionGapMessage>('rxsse:connection:gap'),
  error: diagnosticsChannel<ConnectionErrorMessage>('rxsse:connection:error'),
  close: diagnosticsChannel<ConnectionCloseMessage>('rxsse:connection:close'),
  refuse: diagnosticsChannel<ConnectionRefuseMessage>('rxsse:connection:refuse'),
};

/** The numbers of the requests that messages were published about. */
const connectionNumbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Returns the number of a request: the same in all messages about it. */
export function numberOf(connection: Connection): number {
  const number = connectionNumbers.get(connection) ?? ++lastNumber;
  connectionNumbers.set(connection, number);
  return number;
}

/** Publishes a message about a connection, in the async context of its request. Called where there are subscribers. */
export function publishMessage<M extends ConnectionMessage>(
  channel: DiagnosticsChannel<M>,
  { connection, context }: { readonly connection: Connection; readonly context: AnyContext },
  fields: Omit<M, keyof ConnectionMessage>,
): void {
  const message = { connection: numberOf(connection), route: describeRequest(context.request), ...fields } as M;
  runIn(connection.scope, () => channel.publish(Object.freeze(message)));
}
