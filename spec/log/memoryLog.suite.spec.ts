import { memoryLog } from '../../lib/log/memoryLog.ts';
import { delayed } from '../../lib/testing/delayed.ts';
import { logSuite } from '../../lib/testing/logSuite.ts';

const retention = (entries: number) => ({ entries, bytes: 64 * 1024 * 1024 });

logSuite('memoryLog keeps the promises of a log', ({ entries }) => {
  const log = memoryLog(retention(entries));
  return { log, close: () => log.close() };
});

logSuite('memoryLog, delayed, keeps the promises of a log', ({ entries }) => {
  const log = delayed(memoryLog(retention(entries)), 0);
  return { log, close: () => log.close() };
});
