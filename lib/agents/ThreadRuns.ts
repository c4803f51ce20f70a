import { firstValueFrom, noop, type Observable, type Subscription } from 'rxjs';
import { reportError } from '../error/reportError.ts';
import { freshEpoch } from '../event/cursor.ts';
import { fromReadable } from '../source/fromReadable.ts';
import { followLog } from './followLog.ts';
import { isClaimable, isWritten } from './isWritten.ts';
import { LogWriter } from './LogWriter.ts';
import { type LogByName, NamedLogs } from './NamedLogs.ts';
import { appendAfter, type LoggedMessage, pageAfter, storedEntries } from './storedEntries.ts';
import { storeStream } from './storeStream.ts';

/** One run of a thread. */
export interface ThreadRun {
  readonly runId: string;
  /** The name of its log. */
  readonly log: string;
}

/** A run of this process. */
interface RunHere {
  readonly thread: string;
  readonly run: ThreadRun;
  /** Set once its stream is stored. */
  readonly storing?: Subscription;
}

/**
 * The runs of threads, each in a log of its own, which any process reads and ends. The log of a thread lists its runs; one
 * of them is active at a time.
 */
export class ThreadRuns {
  readonly #logs: NamedLogs;
  /** The runs whose streams this process stores, or is about to store, by the name of their log. */
  readonly #here = new Map<string, RunHere>();

  constructor(open: LogByName | undefined) {
    this.#logs = new NamedLogs(open);
  }

  /** Returns the runs of a thread, the oldest first, and the sequence of the last one. */
  async list(thread: string): Promise<{ readonly runs: readonly ThreadRun[]; readonly tail: number }> {
    const { entries, last } = await this.#logs.use(threadLog(thread), storedEntries);
    return { runs: entries.map(({ data }) => JSON.parse(data)), tail: last };
  }

  /**
   * Stores a stream as the next run of a thread.
   *
   * @param tail the sequence of the last run that was listed
   * @throws Error where another run was started since then.
   */
  async start(thread: string, runId: string, tail: number, stream: Observable<string>): Promise<ThreadRun> {
    const run = { runId, log: `runs/${encodeURIComponent(thread)}/${freshEpoch()}` };
    const writer = new LogWriter(this.#logs, run.log);
    let isListed = false;
    // From now on it is active here, also for a reader that finds it as soon as it is listed.
    this.#here.set(run.log, { thread, run });
    try {
      // Claims it, so that it is active for other processes.
      await writer.append([]);
      isListed = await this.#logs.use(threadLog(thread), (threads) => appendAfter(threads, tail, JSON.stringify(run)));
      if (!isListed) throw alreadyRunning();
    } finally {
      // The caller gets the error of the list.
      if (!isListed) {
        this.#here.delete(run.log);
        await writer.end('failed').catch(noop);
      }
    }
    const storing = storeStream(writer, stream, reportStoring);
    this.#here.set(run.log, { thread, run, storing });
    storing.add(() => this.#here.delete(run.log));
    return run;
  }

  /** Emits the entries of a run, and what follows until it ends. Errors where it failed, or its process has ended. */
  follow(run: ThreadRun): Observable<LoggedMessage> {
    return fromReadable((signal) => this.#follow(run, signal));
  }

  /** Returns whether a run continues; ends it as failed where its process has ended. */
  isActive({ log: name }: ThreadRun): Promise<boolean> {
    return this.#logs.use(name, async (log) => {
      const { ended, tail } = await pageAfter(log, 0, 0);
      if (ended !== false) return false;
      // Nothing is stored of a log that has expired.
      return isClaimable(log) ? isWritten(log, tail > 0) : tail > 0 || this.#here.has(name);
    });
  }

  /** Unsubscribes at once from the stream of a thread that this process stores, and returns its run, which is to be ended. */
  stopHere(thread: string, runId: string | undefined): ThreadRun | undefined {
    for (const { run, storing, thread: other } of this.#here.values()) {
      if (storing === undefined || other !== thread || (runId !== undefined && run.runId !== runId)) continue;
      storing.unsubscribe();
      return run;
    }
    return undefined;
  }

  /** Ends a run, in whichever process it is: that process unsubscribes from its stream. */
  async stop(run: ThreadRun): Promise<void> {
    await this.#logs.use(run.log, (log) => firstValueFrom(log.end('completed')));
  }

  async *#follow(run: ThreadRun, signal: AbortSignal): AsyncGenerator<LoggedMessage> {
    const isActive = await this.isActive(run);
    yield* this.#logs.iterate(run.log, async function* (log) {
      // A log that has expired is neither active nor has it ended.
      if (isActive || (await pageAfter(log, 0, 0)).ended !== false) yield* followLog(log, 0, { signal });
    });
  }
}

/** Returns the error for a run that was to start while another one continues. */
export function alreadyRunning(): Error {
  return new Error('the thread is already running; stop its run first, or wait for its end');
}

const threadLog = (thread: string): string => `threads/${encodeURIComponent(thread)}`;

function reportStoring(error: unknown): void {
  reportError('a run of agentRunner', error);
}
