export type { ReceiveRequest } from './adapter/node/readBody.ts';
export { type ReceiveHandler, receive } from './adapter/node/receive.ts';
export { type SseHandler, sse } from './adapter/node/sse.ts';
export { stop } from './adapter/node/stop.ts';
export type { ReceiveOptions } from './adapter/receiver.ts';
export { DateFromISOString } from './codec/DateFromISOString.ts';
export { BooleanFromString, IntFromString, NumberFromString } from './codec/fromString.ts';
export { Json } from './codec/Json.ts';
export { type OneOrMany, oneOrMany } from './codec/oneOrMany.ts';
export type { Shape } from './codec/Shape.ts';
export { Int, NonEmptyString } from './codec/scalars.ts';
export { type WithDefault, withDefault } from './codec/withDefault.ts';
export { ClosedError } from './error/ClosedError.ts';
export { ConnectionError } from './error/ConnectionError.ts';
export { DecodeError } from './error/DecodeError.ts';
export { FencedError } from './error/FencedError.ts';
export { LimitError } from './error/LimitError.ts';
export { PositionError } from './error/PositionError.ts';
export { RxsseError } from './error/RxsseError.ts';
export { type ErrorReporter, setErrorReporter } from './error/reportError.ts';
export { StreamTimeoutError } from './error/StreamTimeoutError.ts';
export { UnavailableError } from './error/UnavailableError.ts';
export { Entry } from './event/Entry.ts';
export type { EventDefinition, TypedEvent } from './event/EventDefinition.ts';
export type { EncodedEvent } from './event/encodeEvent.ts';
export { event } from './event/event.ts';
export { type Contract, type EventOf, events } from './event/events.ts';
export { type Gap, isGap } from './event/Gap.ts';
export { withId } from './event/withId.ts';
export type { Ack } from './feed/Ack.ts';
export type { FeedOptions } from './feed/FeedOptions.ts';
export { type Feed, feed } from './feed/feed.ts';
export { type Feeds, type FeedsOptions, feeds } from './feed/feeds.ts';
export { mergeFeeds } from './feed/mergeFeeds.ts';
export type {
  Appended,
  AppendOptions,
  ClaimState,
  EventLog,
  FenceOptions,
  LogEnd,
  LogState,
  Page,
} from './log/EventLog.ts';
export { type MemoryLogOptions, memoryLog } from './log/memoryLog.ts';
export { type ConflateByOptions, conflateBy } from './operator/conflateBy.ts';
export { type DecodeEventsOptions, decodeEvents } from './operator/decodeEvents.ts';
export { type DedupeOptions, dedupe } from './operator/dedupe.ts';
export { filterEvents } from './operator/filterEvents.ts';
export { type GroupedWithinOptions, groupedWithin } from './operator/groupedWithin.ts';
export { type KeepAliveOptions, keepAlive } from './operator/keepAlive.ts';
export { type MapAsyncOptions, mapAsync } from './operator/mapAsync.ts';
export { mapEvents } from './operator/mapEvents.ts';
export { matchEvents } from './operator/matchEvents.ts';
export { type MergeEventsOptions, mergeEvents } from './operator/mergeEvents.ts';
export { ofType } from './operator/ofType.ts';
export { type RateLimitOptions, rateLimit } from './operator/rateLimit.ts';
export { type RestartOptions, restartWithBackoff } from './operator/restartWithBackoff.ts';
export { type TimeoutsOptions, timeouts } from './operator/timeouts.ts';
export { type ToAsyncIterableOptions, toAsyncIterable } from './operator/toAsyncIterable.ts';
export { type ConnectionLimit, type ConnectionLimitOptions, connectionLimit } from './sink/connectionLimit.ts';
export type { DiagnosticsMessages } from './sink/DiagnosticsMessages.ts';
export { type FeedMetrics, metricsOf, type RouteMetrics } from './sink/metricsOf.ts';
export type { ResumeOptions } from './sink/ResumeOptions.ts';
export type { CloseReason, CloseStats } from './sink/RouteStats.ts';
export type { AllowedOrigins } from './sink/requestInputs.ts';
export type { SseContext } from './sink/SseContext.ts';
export type { SseOptions } from './sink/SseOptions.ts';
export type { SseRequest } from './sink/SseRequest.ts';
export { type ShutdownOptions, shutdown } from './sink/shutdown.ts';
export type { TimeoutOptions } from './sink/Timeouts.ts';
export type { WireOptions, WireProfile } from './sink/Wire.ts';
export { conditionalGet, type Polled } from './source/conditionalGet.ts';
export { type FromEmitterOptions, fromEmitter } from './source/fromEmitter.ts';
export { type FromPollOptions, fromPoll } from './source/fromPoll.ts';
export { fromReadable } from './source/fromReadable.ts';
export type { PollRequest } from './source/PollRequest.ts';
export type { BackoffOptions } from './time/backoff.ts';
