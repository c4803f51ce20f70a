import { memoryLog } from '../../lib/log/memoryLog.ts';
import { logSuite } from '../../lib/testing/logSuite.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';

const retention = (entries: number) => ({ maxEntries: entries, maxBytes: 64 * 1024 * 1024 });

logSuite('memoryLog keeps the promises of a log', ({ entries }) => {
  const log = memoryLog(retention(entries));
  return { log, close: () => log.close() };
});

logSuite('memoryLog, delayed, keeps the promises of a log', ({ entries }) => {
  const log = withLatency(memoryLog(retention(entries)), 0);
  return { log, close: () => log.close() };
});
