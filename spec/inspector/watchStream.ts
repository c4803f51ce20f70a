import { fromSse } from 'rxsse/client';
import {
  Inspection,
  type InspectionEvent,
  type LaneMarksData,
  type StatusData,
} from '../../lib/inspector/Inspection.ts';
import { closing } from '../support/closing.ts';

/** The stream of an inspector while it is read. */
interface InspectorStream {
  /** All events so far. */
  readonly events: readonly InspectionEvent[];
  /** The cursor of the last one. */
  readonly cursor: string | undefined;
  /** Resolves with what the function returns, when that is no longer `undefined`. */
  until<T>(find: (events: readonly InspectionEvent[]) => T | undefined): Promise<T>;
}

/** Reads the stream of an inspector, as its page does, until the callback has ended; from a cursor, where there is one. */
export function withStream<T>(
  url: string,
  use: (stream: InspectorStream) => Promise<T>,
  lastEventId?: string,
): Promise<T> {
  const events: InspectionEvent[] = [];
  const waiting = new Set<() => void>();
  let cursor: string | undefined;
  const subscription = fromSse(`${url}/inspect/events`, Inspection, {
    ...(lastEventId === undefined ? {} : { lastEventId }),
    cursorObserver: {
      next: (id) => {
        cursor = id;
      },
    },
  }).subscribe((event) => {
    if (event.type === 'rxsse.gap') throw new Error(`the inspector sent a gap: ${event.data.reason}`);
    events.push(event);
    for (const check of [...waiting]) check();
  });
  const until = <V>(find: (events: readonly InspectionEvent[]) => V | undefined): Promise<V> =>
    new Promise((resolve) => {
      const check = (): void => {
        const found = find(events);
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return closing(
    async () => subscription.unsubscribe(),
    () =>
      use({
        events,
        get cursor() {
          return cursor;
        },
        until,
      }),
  );
}

/** Returns all that a lane has had. */
export function laneOf(events: readonly InspectionEvent[], lane: string): LaneMarksData {
  const parts = events
    .flatMap((event) => (event.type === 'marks' ? event.data.lanes : []))
    .filter((one) => one.lane === lane);
  return {
    lane,
    count: parts.reduce((sum, { count }) => sum + count, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    isSampled: parts.some(({ isSampled }) => isSampled),
    marks: parts.flatMap(({ marks }) => marks),
  };
}

/** Returns the newest status. */
export function lastStatus(events: readonly InspectionEvent[]): StatusData | undefined {
  return events.findLast((event) => event.type === 'status')?.data;
}
