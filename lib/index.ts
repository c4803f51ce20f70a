export { CapacityError } from './error/CapacityError.ts';
export { ClosedError } from './error/ClosedError.ts';
export { DecodeError } from './error/DecodeError.ts';
export { DrainingError, type RetryRange } from './error/DrainingError.ts';
export { OverflowError } from './error/OverflowError.ts';
export { PositionError } from './error/PositionError.ts';
export { QueueFullError } from './error/QueueFullError.ts';
export type { CheckedName } from './error/ReservedName.ts';
export { RxsseError } from './error/RxsseError.ts';
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
export type { CloseReason } from './sink/CloseReason.ts';
export type { Counters } from './sink/Counters.ts';
export { type DrainOptions, type DrainTarget, drain } from './sink/drain.ts';
export type { Next, SseRequest, SseResponse } from './sink/exchange.ts';
export { type ConflateOptions, type Conflation, conflate, type Overflow } from './sink/overflow.ts';
export type { ResumeOptions, Snapshot, SnapshotResult } from './sink/ResumeOptions.ts';
export type { ReceiveRequest } from './sink/readBody.ts';
export { type ReceiveHandler, type ReceiveOptions, receive } from './sink/receive.ts';
export type { Farewell, Sendable, SseContext, SseOptions, Stream } from './sink/SseOptions.ts';
export { type AnyHandler, type SseHandler, sse } from './sink/sse.ts';
