export { CapacityError } from './error/CapacityError.ts';
export { ClosedError } from './error/ClosedError.ts';
export { DecodeError } from './error/DecodeError.ts';
export { DrainingError, type RetryRange } from './error/DrainingError.ts';
export { EventSizeError } from './error/EventSizeError.ts';
export { OverflowError } from './error/OverflowError.ts';
export { PositionError } from './error/PositionError.ts';
export { QueueFullError } from './error/QueueFullError.ts';
export type { CheckedName } from './error/ReservedName.ts';
export { RxsseError } from './error/RxsseError.ts';
export { StatusError } from './error/StatusError.ts';
export { TimeoutError } from './error/TimeoutError.ts';
export { Int, NonEmptyString } from './event/codecs.ts';
export { DateTime } from './event/DateTime.ts';
export { describeFailure, type Issue } from './event/describeFailure.ts';
export { Entry } from './event/Entry.ts';
export type { AnyDefinition, EventDefinition, TypedEvent } from './event/EventDefinition.ts';
export { event } from './event/event.ts';
export type { SnakeCase } from './event/eventName.ts';
export { type Contract, type Definitions, type EventOf, events } from './event/events.ts';
export { type Gap, type GapReason, isGap } from './event/Gap.ts';
export { Json } from './event/Json.ts';
export { type OneOrMany, oneOrMany } from './event/oneOrMany.ts';
export type { DataOf, EncodedOf, GivenOf, Shape } from './event/Shape.ts';
export { BooleanFromString, IntFromString, NumberFromString } from './event/textCodecs.ts';
export { type WithDefault, withDefault } from './event/withDefault.ts';
export { type AnyFeed, type Feed, type FeedOptions, feed } from './feed/feed.ts';
export { type AnyFeeds, type Feeds, type FeedsOptions, feeds } from './feed/feeds.ts';
export type { FeedSource, SourceContext } from './feed/Producer.ts';
export type { Published } from './feed/Published.ts';
export type { Draft } from './log/draftOf.ts';
export type { Appended, AppendOptions, EventLog, LogEnd, LogState, Page, PastEpoch } from './log/EventLog.ts';
export { type MemoryLogOptions, memoryLog } from './log/memoryLog.ts';
export { type ConflateByOptions, type ConflateUntil, conflateBy } from './operator/conflateBy.ts';
export { type BadEvents, type Decoded, decodeWith } from './operator/decodeWith.ts';
export { type DedupeOptions, dedupe } from './operator/dedupe.ts';
export type { EventIn, WithEvent } from './operator/EventIn.ts';
export { filterEvent, type Passing } from './operator/filterEvent.ts';
export { type GroupedWithinOptions, groupedWithin } from './operator/groupedWithin.ts';
export { type KeepAliveOptions, keepAlive } from './operator/keepAlive.ts';
export { type MapAsyncOptions, mapAsync } from './operator/mapAsync.ts';
export { mapEvent } from './operator/mapEvent.ts';
export { type Cases, type Matched, matchEvent, type WithMatch } from './operator/matchEvent.ts';
export {
  type MergeEventsOptions,
  mergeEvents,
  type SourceEnds,
  type SourceErrors,
} from './operator/mergeEvents.ts';
export { type DefinitionIn, type Named, ofType } from './operator/ofType.ts';
export { type RateLimitOptions, rateLimit } from './operator/rateLimit.ts';
export { type Attempt, type BackoffOptions, restartWithBackoff } from './operator/restartWithBackoff.ts';
export {
  type BufferPolicy,
  type ToAsyncIterableOptions,
  toAsyncIterable,
} from './operator/toAsyncIterable.ts';
export { type WithinOptions, within } from './operator/within.ts';
export { type Admission, type AdmissionOptions, admission } from './sink/admission.ts';
export type { CloseReason } from './sink/CloseReason.ts';
export type { Counters } from './sink/Counters.ts';
export { type DrainOptions, type DrainTarget, drain } from './sink/drain.ts';
export type { Next, SseRequest, SseResponse } from './sink/exchange.ts';
export {
  type FeedMetrics,
  type FeedsMetrics,
  type Lag,
  metricsOf,
  type RouteMetrics,
  type WatchMetricsOptions,
  watchMetrics,
} from './sink/metrics.ts';
export { type ConflateOptions, type Conflation, conflate, type Overflow } from './sink/overflow.ts';
export type { ResumeOptions, Snapshot, SnapshotResult } from './sink/ResumeOptions.ts';
export type { ReceiveRequest } from './sink/readBody.ts';
export { type ReceiveHandler, type ReceiveOptions, receive } from './sink/receive.ts';
export type { Farewell, Sendable, SseContext, SseOptions, Stream, TimeoutOptions } from './sink/SseOptions.ts';
export { type AnyHandler, type SseHandler, sse } from './sink/sse.ts';
export type { RefusalReason } from './sink/Tally.ts';
export { type Bus, type BusOptions, bus } from './source/bus.ts';
export type { CheckedMakers, Emitter, MadeBy, Makers } from './source/Emitter.ts';
export { type FromEmitterOptions, fromEmitter } from './source/fromEmitter.ts';
export { type FromPollOptions, fromPoll } from './source/fromPoll.ts';
export { fromPull } from './source/fromPull.ts';
export { ifNew, type Polled, type PollResponse } from './source/ifNew.ts';
export type { PollRequest } from './source/PollRequest.ts';
export type { Pullable, ReadableStreamLike } from './source/Puller.ts';
export type { Pull } from './source/PullIterator.ts';
