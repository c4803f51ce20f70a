export { ConnectionError, type ConnectionFacts, type ConnectionFailure } from '../error/ConnectionError.ts';
export { StreamFailedError } from '../error/StreamFailedError.ts';
export type {
  BadEventPolicy,
  ConnectionStatus,
  DecodingOptions,
  FetchLike,
  FromSseOptions,
  HeadersLike,
  RawEvent,
  RawIf,
  ReconnectOptions,
  RequestTarget,
} from './FromSseOptions.ts';
export { type EventSourceLike, fromEventSource, type MessageLike } from './fromEventSource.ts';
export { fromSse } from './fromSse.ts';
