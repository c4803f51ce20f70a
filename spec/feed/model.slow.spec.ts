import { memoryLog, sse } from '../../lib/index.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { type Play, playHistories } from './model/play.ts';
import { Things } from './model/World.ts';

const logs: Readonly<Record<string, Play['logs']>> = {
  'in memory': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    return { log: memory, memory };
  },
  'that takes 3 ms': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    return { log: withLatency(memory, 3), memory };
  },
  'that is moved step by step': (entries) => {
    const memory = memoryLog({ maxEntries: entries });
    const log = interleave(memory);
    return { log, memory, step: () => log.step() };
  },
};

const whole: Omit<Play, 'logs'> = {
  mount: (shared, resume) => sse({ resume, heartbeat: 50 }, () => shared()),
  view: { passes: () => true, shown: (n) => n },
};

/** Every third, and it looks different; for the rest of the time nothing passes. */
const part: Omit<Play, 'logs'> = {
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

describe('what a reader sees over all its connections is the log, or a gap stands where something is missing', function () {
  this.timeout(60_000);

  for (const [name, makeLogs] of Object.entries(logs)) {
    const runs = name === 'in memory' ? 1000 : 400;
    it(`for a feed over a log ${name}`, () => playHistories({ ...whole, logs: makeLogs }, runs));
    it(`for a pipeline over a log ${name}`, () => playHistories({ ...part, logs: makeLogs }, runs / 2));
  }
});
