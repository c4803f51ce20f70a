import { firstValueFrom, of } from 'rxjs';
import type { Run, RunParts } from '../feed/Run.ts';
import type { Runs } from '../feed/Runs.ts';
import type { LogState } from '../log/EventLog.ts';

/** Returns the run of an epoch, of this process or of another one, and how it has ended; `undefined` where there is none. */
export async function findRun(
  runs: Runs,
  epoch: string,
  parts: Omit<RunParts, 'stream'>,
): Promise<{ readonly run: Run; readonly ended: LogState['ended'] } | undefined> {
  const run = runs.get(epoch, parts.owner) ?? (await firstValueFrom(runs.open(epoch, parts) ?? of(undefined)));
  return run && { run, ended: (await firstValueFrom(run.core.log.read(0, 0))).ended };
}
