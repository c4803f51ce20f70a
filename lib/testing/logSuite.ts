import { checkOptions } from '../data/checkOptions.ts';
import { appending } from './logCases/appending.ts';
import { claiming } from './logCases/claiming.ts';
import { ending } from './logCases/ending.ts';
import { type LogCase, LogOpener, type OpenLog } from './logCases/LogCase.ts';
import { prefixing } from './logCases/prefixing.ts';
import { reading } from './logCases/reading.ts';
import { sharing } from './logCases/sharing.ts';
import { trimming } from './logCases/trimming.ts';
import { waking } from './logCases/waking.ts';

export type { LogUnderTest, OpenLog } from './logCases/LogCase.ts';

/**
 * The functions of a test runner: mocha, Jest and Vitest have them as globals, node:test exports them.
 */
interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** The test runner, where it has no globals, and the timeout. @category testing */
export interface LogSuiteOptions extends Partial<TestRunner> {
  /**
   * The milliseconds that one operation or one wake may take. Below the limit of the test runner, so that a failure says
   * what was waited for.
   *
   * @default 1500
   */
  readonly timeout?: number;
}

const cases: readonly LogCase[] = [
  ...appending,
  ...reading,
  ...trimming,
  ...waking,
  ...ending,
  ...sharing,
  ...claiming,
  ...prefixing,
];

/**
 * Defines the tests that every log passes, also logs of your own. Those of `claim` and `prefixEpochs` pass for a
 * log without them.
 *
 * `open` is called for each log that a test needs, often more than one, and returns a new one. The tests use no virtual
 * time and no assertion library; they run under every runner that has `describe` and `it`.
 *
 * @example Test a log of your own
 * logSuite('my log', ({ entries }) => {
 *   const log = memoryLog({ maxEntries: entries });
 *   return { log, close: () => log.close() };
 * });
 *
 * @throws TypeError at once where there is no `describe` and no `it`.
 * @category testing
 */
export function logSuite(name: string, open: OpenLog, options: LogSuiteOptions = {}): void {
  checkOptions('logSuite', options, { describe: 'function', it: 'function', timeout: 'number' });
  const { describe, it } = runnerOf(options);
  const { timeout = 1500 } = options;
  describe(name, () => {
    for (const { name: title, run } of cases) {
      it(title, async () => {
        const logs = new LogOpener(open, timeout);
        try {
          await run(logs);
        } finally {
          await logs.close();
        }
      });
    }
  });
}

function runnerOf(options: Partial<TestRunner>): TestRunner {
  const globals: Partial<TestRunner> = globalThis as Partial<TestRunner>;
  const { describe = globals.describe, it = globals.it } = options;
  if (describe === undefined || it === undefined) {
    throw new TypeError('logSuite: there is no global describe and it; pass them as options { describe, it }');
  }
  return { describe, it };
}
