import type { RunParts } from '../feed/Run.ts';
import type { Runs } from '../feed/Runs.ts';
import { findRun } from './findRun.ts';
import { newestEntry } from './storedEntries.ts';

/** Returns the status of a run, as LangGraph names it; `undefined` where there is no such run. */
export async function runStatus(
  runs: Runs,
  epoch: string,
  parts: Omit<RunParts, 'stream'>,
): Promise<'running' | 'success' | 'error' | undefined> {
  const found = await findRun(runs, epoch, parts);
  if (found === undefined) return undefined;
  const { ended, run } = found;
  if (ended === false) return 'running';
  // A run that fails has the error of the protocol as its last entry.
  const hasFailed = ended === 'failed' || (await newestEntry(run.core.log)).entry?.event === 'error';
  return hasFailed ? 'error' : 'success';
}
