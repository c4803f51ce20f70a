import type { Observable } from 'rxjs';
import type { ClientTransport } from './ClientTransport.ts';
import type { ClientEvent } from './decodeMessage.ts';
import type { ClientFetchOptions, ConnectionSharing, Emitted } from './FromSseOptions.ts';
import type { Reconnector } from './Reconnector.ts';

/** Replaces the stream of `fromSse` by one that shares its connection: the value of the option `share`. */
export interface Sharing extends ConnectionSharing {
  /** Returns the stream of a client that shares its connection. */
  readonly share: (target: unknown, options: ClientFetchOptions, connect: ConnectWith) => SharedStream;
}

/** Returns the stream of a client with these options, in which a wrapped transport takes the place of the client's own. */
export type ConnectWith = (
  options: ClientFetchOptions,
  wrap?: (transport: ClientTransport, client: Reconnector) => ClientTransport,
) => SharedStream;

type SharedStream = Observable<Emitted<ClientEvent, boolean>>;
