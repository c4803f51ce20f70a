import { concatMap, firstValueFrom, from, type Observable } from 'rxjs';
import type { RunParts } from '../feed/Run.ts';
import type { Runs } from '../feed/Runs.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import { isClaimable, isWritten } from './isWritten.ts';
import { type LogByName, NamedLogs } from './NamedLogs.ts';
import { appendAfter, newestEntry } from './storedEntries.ts';

type GraphStatus = 'running' | 'success' | 'error' | 'interrupted';

/** The runs of a route with their status, as LangGraph names it. A log for each run that is cancelled says so, for all processes. */
export class GraphRuns {
  readonly #runs: Runs;
  readonly #cancellations: NamedLogs;
  readonly #onError: RunParts['onError'];

  constructor(runs: Runs, open: LogByName | undefined, onError: RunParts['onError']) {
    this.#runs = runs;
    this.#cancellations = new NamedLogs(open);
    this.#onError = onError;
  }

  /** Returns the status of a run; `undefined` where there is no such run of this owner. */
  status(epoch: string, owner: unknown): Promise<GraphStatus | undefined> {
    return firstValueFrom(
      this.#runs.useLog(epoch, { owner, onError: this.#onError }, async (log, { ended }) => {
        if (ended === false && (!isClaimable(log) || (await isWritten(log, true)))) return 'running';
        return this.#outcomeOf(epoch, log, ended);
      }),
    );
  }

  /** Stops a run as `Runs.stop` does, with the status of one that was cancelled. */
  readonly cancel: Runs['stop'] = (epoch, access): Observable<boolean> =>
    // A run is stopped also where its cancellation cannot be stored.
    from(this.#storeCancellation(epoch, access.owner).catch(access.onError)).pipe(
      concatMap(() => this.#runs.stop(epoch, access)),
    );

  /** @param ended how the log has ended when it was read */
  async #outcomeOf(epoch: string, log: EventLog, ended: LogState['ended']): Promise<GraphStatus> {
    // A run that fails has the error of the protocol as its last entry.
    if (ended === 'failed' || (await newestEntry(log)).entry?.event === 'error') return 'error';
    const { entry } = await this.#cancellations.use(cancellationOf(epoch), newestEntry);
    return entry === undefined ? 'success' : 'interrupted';
  }

  async #storeCancellation(epoch: string, owner: unknown): Promise<void> {
    if ((await this.status(epoch, owner)) !== 'running') return;
    await this.#cancellations.use(cancellationOf(epoch), (log) => appendAfter(log, 0, 'cancelled'));
  }
}

const cancellationOf = (epoch: string): string => `cancelled/${epoch}`;
