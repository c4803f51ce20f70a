import type { Observable } from 'rxjs';
import type { ConnectionError } from '../error/ConnectionError.ts';
import type { ReceivedMessage } from './decodeMessage.ts';

/** How a client connects for one subscriber: by fetch, or by an EventSource. */
export interface ClientTransport {
  /** Opens one connection and emits its messages. An error is its loss; it completes when the server has no more. */
  readonly connect: Observable<ReceivedMessage>;
  /** Returns true if another connection may follow the failure. */
  readonly isRetryable: (error: ConnectionError) => boolean;
  /** Returns true if the request may be repeated, although its server may have acted on it. */
  readonly isRepeatable: () => boolean;
  /** Makes the first connection, and decides until when the client may have one. */
  readonly start: (client: Connectable) => void;
}

/** A client, or what connects and disconnects in its place. */
export interface Connectable {
  connect(): void;
  disconnect(): void;
}
