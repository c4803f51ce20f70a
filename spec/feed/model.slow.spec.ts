import { memoryLog, sse } from '../../lib/index.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { Things } from './model/RestartableFeed.ts';
import { runHistories, type Scenario } from './model/runHistories.ts';

const logs: Readonly<Record<string, Scenario['logs']>> = {
  'in memory': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    return { log: memory, memory };
  },
  'that takes 3 ms': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    return { log: withLatency(memory, 3), memory };
  },
  'that a spec advances step by step': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    const log = interleave(memory);
    return { log, memory, step: () => log.step() };
  },
};

const whole: Omit<Scenario, 'logs'> = {
  mount: (shared, resume) => sse({ resume, heartbeat: 50 }, () => shared()),
  view: { passes: () => true, shown: (n) => n },
};

/** Every third event passes, negated; no other event passes. */
const part: Omit<Scenario, 'logs'> = {
  mount: (shared, resume) =>
    sse({ resume, heartbeat: 50 }, (context) =>
      shared()
        .read(context)
        .pipe(
          filterEvents(({ data }) => data.n % 3 === 0),
          mapEvents(({ data: { n, pad } }) => Things.Thing({ n: -n, pad })),
        ),
    ),
  view: { passes: (n) => n % 3 === 0, shown: (n) => -n },
};

describe('a reader over all its connections', function () {
  this.timeout(60_000);

  for (const [name, makeLogs] of Object.entries(logs)) {
    const runs = name === 'in memory' ? 1000 : 400;
    it(`receives every event of a feed once and in order, or a gap, over a log ${name}`, () =>
      runHistories({ ...whole, logs: makeLogs }, runs));
    it(`receives every event of a pipeline once and in order, or a gap, over a log ${name}`, () =>
      runHistories({ ...part, logs: makeLogs }, runs / 2));
  }
});
