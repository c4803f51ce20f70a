import type { EventLog } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';

/**
 * Opens the log of a name. In each process the same name has to be the same log.
 *
 * @category agents
 */
export type LogByName = (name: string) => EventLog;

/** 1 MiB, of any number of entries: as much as an answer of a model has, and no part of it. */
const memoryOfOne = (): EventLog => memoryLog({ maxEntries: Infinity, maxBytes: 1024 * 1024 });

/**
 * Returns a function that opens the log of a name for one use, after which `release` closes it. One in memory would end
 * with that, so that it is retained under its name: the `maxLogs` that were opened last.
 */
export function logsByName(open: LogByName = memoryOfOne, maxLogs = 1000): LogByName {
  const retained = new Map<string, EventLog>();
  return (name) => {
    const log = retained.get(name) ?? open(name);
    if (!log.inMemory) return log;
    retained.delete(name);
    retained.set(name, log);
    const [oldest] = retained;
    if (retained.size > maxLogs && oldest !== undefined) {
      retained.delete(oldest[0]);
      oldest[1].close();
    }
    return log;
  };
}

/** Closes a log that `logsByName` has opened, unless it is retained. */
export function release(log: EventLog): void {
  if (!log.inMemory) log.close();
}
