import { type EventLog, type MemoryLogOptions, memoryLog } from '../../lib/index.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';

/** The logs that every spec of a feed runs over: one that answers synchronously, and one that answers after 3 ms. */
export const overLogs: Readonly<Record<string, (options?: MemoryLogOptions) => EventLog>> = {
  'a log in memory': memoryLog,
  'a log that takes 3 ms': (options) => withLatency(memoryLog(options), 3),
};
