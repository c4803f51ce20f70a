import { concat, interval, map, NEVER, type Observable, takeUntil } from 'rxjs';
import {
  type EventLog,
  type EventOf,
  feed,
  memoryLog,
  type SseHandler,
  type SseRequest,
  sse,
} from '../../lib/index.ts';
import { failing } from '../../lib/testing/failing.ts';
import type { PropertyOptions, PropertyWorld } from '../../lib/testing/property.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { randomFraction } from '../../lib/time/clock.ts';
import { pipelines, Ticks, tick } from './pipelines.ts';

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
  'whose appends fail, and some are carried out': () => failing(memoryLog(), { append: randomLetters('#!_') }),
  'whose reads fail late': () => withLatency(failing(memoryLog({ maxEntries: 50 }), { read: randomLetters() }), 3),
};

/** Returns the outcomes of 200 calls, of which one in five fails in one of the ways, by the seed of the run. */
function randomLetters(failures = '#'): string {
  const failure = (): string => failures[Math.floor(randomFraction() * failures.length)] ?? '#';
  return Array.from({ length: 200 }, () => (randomFraction() < 0.2 ? failure() : '-')).join('');
}

const source = ({ stopped }: PropertyWorld): Observable<EventOf<typeof Ticks>> =>
  concat(
    interval(7).pipe(
      map((n) => tick(n)),
      takeUntil(stopped),
    ),
    NEVER,
  );

const virtual = Object.entries(pipelines).filter(([, { isVirtual = true }]) => isVirtual);

/** Every route over every kind of log, and the streams that have no log of their own. */
export const scenarios: readonly Scenario[] = [
  ...Object.entries(logs).flatMap(([log, create]): readonly Scenario[] => [
    {
      name: `a feed over a log ${log}`,
      make: (world) => sse({ retry: 20 }, feed(Ticks, { source: () => source(world), log: create(), onError: ignore })),
      options: { within: '1s' },
    },
    ...virtual.map(
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
