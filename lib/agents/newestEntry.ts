import { firstValueFrom, noop } from 'rxjs';
import { readLog } from '../feed/readLog.ts';
import type { EventLog } from '../log/EventLog.ts';
import { entriesOf, type LoggedMessage } from './followLog.ts';

/** Returns the newest entry of a log, if there is one, and its sequence. */
export async function newestEntry(log: EventLog): Promise<{ readonly tail: number; readonly entry?: LoggedMessage }> {
  const { tail } = await firstValueFrom(readLog(log, 0, 0, noop));
  if (tail === 0) return { tail };
  const [entry] = entriesOf(await firstValueFrom(readLog(log, tail - 1, 1, noop)));
  return entry === undefined ? { tail } : { tail, entry };
}
