export { ConnectionError, type ConnectionFacts, type ConnectionFailure } from '../error/ConnectionError.ts';
export { StreamFailedError } from '../error/StreamFailedError.ts';
export type { ReconnectOptions } from './Backoff.ts';
export type { ConnectionStatus } from './ConnectionStatus.ts';
export type {
  BadEventPolicy,
  ConnectionSharing,
  DecodingOptions,
  Emitted,
  FetchLike,
  FromSseOptions,
  HeadersLike,
  RawEvent,
  RawIf,
  RequestTarget,
  WithId,
} from './FromSseOptions.ts';
export { type EventSourceLike, fromEventSource, type MessageLike } from './fromEventSource.ts';
export { fromSse } from './fromSse.ts';
export { type ReadSseOptions, readSse } from './readSse.ts';
export { type TabsOptions, tabs } from './tabs/tabs.ts';
