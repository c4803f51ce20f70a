import type { EventLog } from '../../lib/log/EventLog.ts';
import type { LogUnderTest } from '../../lib/testing/logCases/LogCase.ts';

/**
 * Returns the log of a test whose storage survives it.
 *
 * @param open opens the log
 * @param openSecond opens it as another process does
 */
export function logUnderTest(open: () => EventLog, openSecond = open): LogUnderTest {
  const logs: EventLog[] = [];
  const added = (log: EventLog): EventLog => {
    logs.push(log);
    return log;
  };
  const close = (): void => {
    for (const log of logs.splice(0)) log.close();
  };
  const reopen = (): EventLog => {
    close();
    return added(open());
  };
  return { log: added(open()), reopen, second: () => added(openSecond()), close };
}
