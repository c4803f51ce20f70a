import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import {
  conflateBy,
  dedupe,
  type Entry,
  type EventOf,
  events,
  filterEvents,
  type Gap,
  groupedWithin,
  keepAlive,
  mapAsync,
  mapEvents,
  matchEvents,
  ofType,
  rateLimit,
  timeouts,
} from '../../lib/index.ts';
import type { PropertyOptions } from '../../lib/testing/property.ts';
import { comment } from '../../lib/wire/Frame.ts';

/** Events of one number each, and of several where a pipeline groups them. */
export const Ticks = events({ Tick: { all: t.array(t.number) } });
export const tick = (n: number): EventOf<typeof Ticks> => Ticks.Tick({ all: [n] });

export type TickEntry = Entry<EventOf<typeof Ticks> | Gap>;

/** A pipeline of a route, and what its readers must receive. */
export interface Pipeline {
  readonly through: (entries: Observable<TickEntry>) => Observable<unknown>;
  /** Whether a number must arrive; absent: each one must. */
  readonly mustArrive?: (n: number) => boolean;
  /** Two numbers of one key arrive in order; absent: all numbers do. */
  readonly keyOf?: (n: number) => number;
  /** False where it waits for promises, which resolve in no virtual time. @default true */
  readonly isVirtual?: boolean;
  readonly options?: Partial<PropertyOptions>;
}

const numberOf = ({ data }: EventOf<typeof Ticks>): number => data.all[0] ?? -1;
const stateful = { filtered: true, stateful: true };

/** Each operator that passes the positions of a feed on. */
export const pipelines: Readonly<Record<string, Pipeline>> = {
  mapEvents: { through: (entries) => entries.pipe(mapEvents((one) => tick(numberOf(one)))) },
  filterEvents: {
    through: (entries) => entries.pipe(filterEvents((one) => numberOf(one) % 3 !== 0)),
    mustArrive: (n) => n % 3 !== 0,
    options: { filtered: true },
  },
  ofType: { through: (entries) => entries.pipe(ofType(Ticks.Tick)) },
  matchEvents: {
    through: (entries) => entries.pipe(matchEvents({ tick: (one) => one })),
  },
  mapAsync: {
    through: (entries) => entries.pipe(mapAsync(async (one) => tick(numberOf(one)), { concurrency: 3 })),
    isVirtual: false,
  },
  groupedWithin: {
    through: (entries) =>
      entries.pipe(
        groupedWithin<TickEntry>({ maxEvents: 5, maxDelay: 10 }),
        mapEvents((group) => Ticks.Tick({ all: group.map(numberOf) })),
      ),
    options: stateful,
  },
  rateLimit: { through: (entries) => entries.pipe(rateLimit<TickEntry>({ maxEvents: 5, interval: 20 })) },
  timeouts: { through: (entries) => entries.pipe(timeouts({ total: 60_000 })) },
  keepAlive: {
    through: (entries) => entries.pipe(keepAlive({ interval: 30, value: () => comment('still here') })),
  },
  dedupe: {
    through: (entries) => entries.pipe(dedupe<TickEntry>((one) => Math.floor(numberOf(one) / 2))),
    mustArrive: () => false,
    options: stateful,
  },
  conflateBy: {
    through: (entries) => entries.pipe(conflateBy<TickEntry>((one) => numberOf(one) % 4, { interval: 25 })),
    mustArrive: () => false,
    keyOf: (n) => n % 4,
    options: stateful,
  },
};
