import * as t from 'io-ts';
import { concat, interval, map, NEVER, type Observable, takeUntil } from 'rxjs';
import {
  conflateBy,
  dedupe,
  type Entry,
  type EventLog,
  type EventOf,
  events,
  feed,
  filterEvents,
  type Gap,
  mapEvents,
  memoryLog,
  rateLimit,
  type SseHandler,
  type SseRequest,
  sse,
} from '../../lib/index.ts';
import { failing } from '../../lib/testing/failing.ts';
import type { PropertyOptions, PropertyWorld } from '../../lib/testing/property.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { randomFraction } from '../../lib/time/clock.ts';

const Ticks = events({ Tick: { n: t.number } });
type TickEntry = Entry<EventOf<typeof Ticks> | Gap>;

/** A route over a log, with the options of `property` for it. */
interface Scenario {
  readonly name: string;
  readonly make: (world: PropertyWorld) => SseHandler<SseRequest>;
  readonly options: PropertyOptions;
}

const logs: Readonly<Record<string, () => EventLog>> = {
  'in memory': () => memoryLog(),
  'in memory, of 20 entries': () => memoryLog({ maxEntries: 20 }),
  'that answers late': () => withLatency(memoryLog(), 3),
  'that answers late and trims': () => withLatency(memoryLog({ maxEntries: 20 }), 3),
  'whose reads fail': () => failing(memoryLog(), { read: randomLetters() }),
  'whose reads fail late': () => withLatency(failing(memoryLog({ maxEntries: 50 }), { read: randomLetters() }), 3),
};

/** Returns the outcomes of 200 calls, of which one in five fails, by the seed of the run. */
function randomLetters(): string {
  return Array.from({ length: 200 }, () => (randomFraction() < 0.2 ? '#' : '-')).join('');
}

const pipelines: Readonly<
  Record<
    string,
    { readonly through: (entries: Observable<TickEntry>) => Observable<TickEntry>; readonly options?: PropertyOptions }
  >
> = {
  mapEvents: { through: (entries) => entries.pipe(mapEvents((tick) => Ticks.Tick({ n: tick.data.n * 2 }))) },
  filterEvents: {
    through: (entries) => entries.pipe(filterEvents((tick) => tick.data.n % 3 !== 0)),
    options: { filtered: true },
  },
  rateLimit: { through: (entries) => entries.pipe(rateLimit<TickEntry>({ maxEvents: 5, interval: 20 })) },
  dedupe: {
    through: (entries) => entries.pipe(dedupe<TickEntry>((tick) => Math.floor(tick.data.n / 2))),
    options: { filtered: true, stateful: true },
  },
  conflateBy: {
    through: (entries) => entries.pipe(conflateBy<TickEntry>((tick) => tick.data.n % 4, { interval: 25 })),
    options: { filtered: true, stateful: true },
  },
};

const source = ({ stopped }: PropertyWorld): Observable<EventOf<typeof Ticks>> =>
  concat(
    interval(7).pipe(
      map((n) => Ticks.Tick({ n })),
      takeUntil(stopped),
    ),
    NEVER,
  );

/** Every route over every kind of log, and the streams that have no log of their own. */
export const scenarios: readonly Scenario[] = [
  ...Object.entries(logs).flatMap(([log, create]): readonly Scenario[] => [
    {
      name: `a feed over a log ${log}`,
      make: (world) => sse({ retry: 20 }, feed(Ticks, { source: () => source(world), log: create(), onError: ignore })),
      options: { within: '1s' },
    },
    ...Object.entries(pipelines).map(
      ([operator, { through, options }]): Scenario => ({
        name: `${operator} over a log ${log}`,
        make: (world) => {
          const ticks = feed(Ticks, { source: () => source(world), log: create(), onError: ignore });
          return sse({ retry: 20 }, (context) => through(ticks.read(context)));
        },
        options: { within: '1s', ...options },
      }),
    ),
  ]),
  {
    name: 'a run',
    make: (world) => sse({ retry: 20, resume: true }, () => source(world)),
    options: { within: '1s' },
  },
];

/** Ignores the reports of a failing log, which are no failures of the route. */
function ignore(): void {}
