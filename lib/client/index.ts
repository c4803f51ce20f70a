export { ConnectionError, type ConnectionFacts, type ConnectionFailure } from '../error/ConnectionError.ts';
export { StreamFailedError } from '../error/StreamFailedError.ts';
export type {
  DecodingOptions,
  Fetch,
  FromSseOptions,
  HeadersLike,
  Policy,
  RawEvent,
  RawIf,
  Target,
} from './FromSseOptions.ts';
export { type EventSourceLike, fromEventSource, type MessageLike } from './fromEventSource.ts';
export { fromSse } from './fromSse.ts';
export type { Hearer } from './Hearer.ts';
export type { RetryOptions } from './RetryOptions.ts';
export type { Connecting, Ended, Open, Paused, Retrying, Status } from './Status.ts';
