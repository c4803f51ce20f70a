import * as t from 'io-ts';
import { Json } from '../codec/Json.ts';
import { type EventOf, events } from '../event/events.ts';

/** One thing that happened on a lane. Times are milliseconds of the epoch. */
const Mark = t.intersection([
  t.type({
    at: t.number,
    kind: t.keyof({ event: null, heartbeat: null, gap: null, error: null, end: null, open: null, close: null }),
    /** The name of the event, or why: the reason of a gap or of a close. */
    name: t.string,
    /** The size of its encoded data, in bytes. */
    bytes: t.number,
  }),
  t.partial({
    cursor: t.string,
    /** The key of its feed, on the lane of a family. */
    key: t.string,
    /** How many of the same there were. */
    count: t.number,
    /** The data as JSON, where the app shows payloads. */
    data: t.string,
    /** True where only the start of the data is here. */
    isCut: t.boolean,
  }),
]);

const LaneMarks = t.type({
  lane: t.string,
  /** How many events there were, of which `marks` may have some. */
  count: t.number,
  bytes: t.number,
  isSampled: t.boolean,
  marks: t.array(Mark),
});

const Lane = t.intersection([
  t.type({
    id: t.string,
    kind: t.keyof({ feed: null, route: null, watch: null }),
    name: t.string,
    /** The events that it may have, where they are known; with a schema and an example where they can be published. */
    events: t.array(t.type({ name: t.string, schema: Json, example: Json })),
  }),
  /** True for a family of feeds. */
  t.partial({ isFamily: t.boolean }),
]);

const ReaderRow = t.type({
  id: t.number,
  lane: t.string,
  label: t.string,
  since: t.number,
  state: t.keyof({ open: null, busy: null, stalled: null, slow: null }),
  cursor: t.union([t.string, t.null]),
  requested: t.union([t.string, t.null]),
  /** Says how it started, or names the last gap that it got. */
  got: t.string,
  lag: t.number,
  lagMs: t.number,
  buffered: t.number,
  bytes: t.number,
  events: t.number,
});

const Counts = t.record(t.string, t.number);

const FeedStatus = t.intersection([
  t.type({
    lane: t.string,
    epoch: t.string,
    floor: t.number,
    tail: t.number,
    ended: t.string,
    readers: t.number,
    lag: t.number,
    /** The longest time that an append took in the last second, in ms; -1 where there was none in this process. */
    latency: t.number,
  }),
  /** How many feeds a family has, and of how many the log is read. */
  t.partial({ feeds: t.number, followed: t.number }),
]);

const RouteStatus = t.type({
  lane: t.string,
  connections: t.number,
  busy: t.number,
  lag: t.number,
  opened: t.number,
  heartbeats: t.number,
  dropped: t.number,
  closed: Counts,
  refused: Counts,
  gaps: Counts,
});

/** The events that the page of the inspector reads from its server. */
export const Inspection = events({
  Lanes: { at: t.number, payloads: t.boolean, actions: t.boolean, lanes: t.array(Lane) },
  Marks: { at: t.number, lanes: t.array(LaneMarks) },
  Status: {
    at: t.number,
    feeds: t.array(FeedStatus),
    routes: t.array(RouteStatus),
    watches: t.array(t.type({ lane: t.string, subscriptions: t.number })),
    readers: t.array(ReaderRow),
    totalReaders: t.number,
  },
});

export type InspectionEvent = EventOf<typeof Inspection>;
export type MarkData = t.TypeOf<typeof Mark>;
export type LaneMarksData = t.TypeOf<typeof LaneMarks>;
export type LaneData = t.TypeOf<typeof Lane>;
export type ReaderData = t.TypeOf<typeof ReaderRow>;
export type StatusData = Extract<InspectionEvent, { type: 'status' }>['data'];
export type FeedStatusData = t.TypeOf<typeof FeedStatus>;
export type RouteStatusData = t.TypeOf<typeof RouteStatus>;
