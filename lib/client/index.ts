export { ConnectionError, type ConnectionFacts, type ConnectionFailure } from '../error/ConnectionError.ts';
export { StreamFailedError } from '../error/StreamFailedError.ts';
export type {
  BadEventPolicy,
  DecodingOptions,
  Fetch,
  FromSseOptions,
  HeadersLike,
  RawEvent,
  RawIf,
  RequestTarget,
} from './FromSseOptions.ts';
export { type EventSourceLike, fromEventSource, type MessageLike } from './fromEventSource.ts';
export { fromSse } from './fromSse.ts';
export type { Hearer } from './Hearer.ts';
export type { ReconnectOptions } from './RetryOptions.ts';
export type { Connecting, ConnectionStatus, Ended, Open, Paused, Retrying } from './Status.ts';
