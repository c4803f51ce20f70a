import { isLeft } from 'fp-ts/lib/Either.js';
import {
  AsyncSubject,
  concat,
  defer,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  type Observable,
  of,
  tap,
  throwError,
  timeout,
} from 'rxjs';
import { StorageError } from '../error/StorageError.ts';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import { type AnyFeed, core } from '../feed/coreOf.ts';
import type { Run, RunParts } from '../feed/Run.ts';
import { runLease } from '../feed/RunLogs.ts';
import type { RunAccess, Runs } from '../feed/Runs.ts';
import { type LogByName, NamedLogs } from './NamedLogs.ts';
import { newestEntry } from './storedEntries.ts';

const emptyResult = { defaultValue: undefined };
const lateStorage = (): StorageError =>
  new StorageError(
    'start the stream',
    `its logs did not answer within ${runLease} ms`,
    'check the storage of log, and its connection',
  );

/**
 * The runs of a route by name: of a chat or a thread, for example. The log of a name has the cursor of each of its runs,
 * so that every process finds the newest one.
 */
export class NamedRuns {
  readonly #runs: Runs;
  readonly #logs: NamedLogs;

  /** @param open opens the log of a name; without it, names are known to this process alone */
  constructor(runs: Runs, open: LogByName | undefined) {
    this.#runs = runs;
    runs.areNamed = true;
    this.#logs = new NamedLogs(open, 10_000);
  }

  /**
   * Creates a run and starts it. Resolves when its stream is subscribed to, which is the newest of the name by then: no answer
   * is made that is not found.
   *
   * @throws StorageError as a rejection, and the errors of `Runs.create`.
   */
  async start(name: string, parts: RunParts): Promise<Run> {
    let cursor = '';
    const started = new AsyncSubject<void>();
    const named = defer(() => this.#store(name, cursor)).pipe(ignoreElements(), tap(started));
    let run: Run | undefined;
    try {
      run = this.#runs.create({ ...parts, stream: concat(named, parts.stream) }, false);
      const { epoch } = await firstValueFrom(run.shared?.store(run.key) ?? run.core.log.append([]));
      cursor = cursorOf(epoch, 0);
      run.isKnown = true;
      run.core.start();
      await lastValueFrom(started.pipe(timeout({ each: runLease, with: () => throwError(lateStorage) })), emptyResult);
      return run;
    } catch (error) {
      if (run !== undefined) this.#runs.remove(run);
      else parts.abort.abort();
      throw error;
    }
  }

  /** Leaves a run without a reader: it is removed after `linger`, unless other processes may read it. */
  leave(run: Run): void {
    if (run.core.readers === 0) this.#runs.rest(run);
  }

  /** Returns the newest run of a name, unless it has ended. */
  async active(name: string, parts: Omit<RunParts, 'stream'>): Promise<Run | undefined> {
    const epoch = await this.#activeEpoch(name, parts);
    if (epoch === undefined) return undefined;
    return this.#runs.get(epoch, parts.owner) ?? firstValueFrom(this.#runs.open(epoch, parts) ?? of(undefined));
  }

  /** Ends the newest run of a name as completed, and returns whether there is one that has not ended. */
  async stop(name: string, access: RunAccess): Promise<boolean> {
    const epoch = await this.#activeEpoch(name, access);
    return epoch !== undefined && firstValueFrom(this.#runs.stop(epoch, access));
  }

  async #activeEpoch(name: string, access: RunAccess): Promise<string | undefined> {
    const { entry } = await this.#logs.use(name, newestEntry);
    const cursor = parseCursor(entry?.data ?? '');
    if (isLeft(cursor)) return undefined;
    const { epoch } = cursor.right;
    const isActive = this.#runs.useLog(epoch, access, (_, { ended }) => of(ended === false));
    return (await firstValueFrom(isActive)) ? epoch : undefined;
  }

  #store(name: string, data: string): Observable<unknown> {
    const log = this.#logs.open(name);
    return log
      .append([{ event: undefined, data, retry: undefined }])
      .pipe(tap({ finalize: () => this.#logs.release(name, log) }));
  }
}

/** Returns a run as a feed, which a route serves from the position of its reader. */
export function feedOfRun(run: Run): AnyFeed {
  return { [core]: run.core };
}
