import { catchError, EMPTY, firstValueFrom, noop, type Observable, type Subscription, throwError } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import { reportError } from '../error/reportError.ts';
import { freshEpoch } from '../event/cursor.ts';
import { runLease } from '../feed/RunLogs.ts';
import { readLog } from '../feed/readLog.ts';
import type { EventLog, Page } from '../log/EventLog.ts';
import { fromReadable } from '../source/fromReadable.ts';
import { entriesOf, followLog, type LoggedMessage } from './followLog.ts';
import { LogWriter } from './LogWriter.ts';
import { type LogByName, logsByName, release } from './logsByName.ts';
import { storeStream } from './storeStream.ts';

/** One run of a thread. */
export interface ThreadRun {
  readonly runId: string;
  /** The name of its log. */
  readonly log: string;
}

/** The longest index of a thread, and the most logs in memory. */
const maxBytes = 1024 * 1024;

/**
 * The runs of threads, each in a log of its own, which any process reads and ends. The log of a thread lists its runs; one
 * of them is active at a time.
 */
export class ThreadRuns {
  readonly #open: LogByName;
  /** The streams that this process stores, by the name of their log. */
  readonly #storing = new Map<string, Subscription>();

  constructor(open: LogByName | undefined) {
    this.#open = logsByName(open);
  }

  /** Returns the runs of a thread, the oldest first, and the sequence of the last one. */
  list(thread: string): Promise<{ readonly runs: readonly ThreadRun[]; readonly tail: number }> {
    return this.#using(threadLog(thread), async (log) => {
      const runs: ThreadRun[] = [];
      let page: Page | undefined;
      do {
        page = await pageAfter(log, page?.last ?? 0, maxBytes);
        for (const { data } of entriesOf(page)) runs.push(JSON.parse(data));
      } while (page.last < page.tail);
      return { runs, tail: page.tail };
    });
  }

  /**
   * Stores a stream as the next run of a thread.
   *
   * @param tail the sequence of the last run that was listed
   * @throws Error where another run was started since then.
   */
  async start(thread: string, runId: string, tail: number, stream: Observable<string>): Promise<ThreadRun> {
    const run = { runId, log: `runs/${encodeURIComponent(thread)}/${freshEpoch()}` };
    const log = this.#open(run.log);
    const writer = new LogWriter(log);
    // Claims it, so that it is active as soon as it is listed.
    await writer.append([]);
    const isListed = await this.#using(threadLog(thread), async (threads) => {
      const entry = { event: undefined, data: JSON.stringify(run), retry: undefined };
      // Of several with one key, the first is stored.
      const { first } = await firstValueFrom(threads.append([entry], { key: `run ${tail + 1}` }));
      const [stored] = entriesOf(await pageAfter(threads, first - 1, 1));
      return stored?.data === entry.data;
    });
    if (!isListed) {
      await writer.end('failed');
      throw alreadyRunning();
    }
    const storing = storeStream(log, writer, stream, reportStoring);
    this.#storing.set(run.log, storing);
    storing.add(() => this.#storing.delete(run.log));
    return run;
  }

  /** Emits the entries of a run, and what follows until it ends. Errors where it failed, or its process has ended. */
  follow(run: ThreadRun): Observable<LoggedMessage> {
    return fromReadable((signal) => this.#follow(run, signal));
  }

  /** Returns whether a run continues; ends it as failed where its process has ended. */
  isActive({ log: name }: ThreadRun): Promise<boolean> {
    return this.#using(name, async (log) => {
      const { ended, tail } = await pageAfter(log, 0, 0);
      if (ended !== false) return false;
      if (log.inMemory || log.claim === undefined) return tail > 0 || this.#storing.has(name);
      const holder = freshEpoch();
      const claim = log.claim(holder, runLease).pipe(
        // It has ended since it was read.
        catchError((error) => (isLogEnded(error) ? EMPTY : throwError(() => error))),
      );
      const state = await firstValueFrom(claim, { defaultValue: undefined });
      if (state === undefined || !state.held) return state !== undefined;
      // Nothing is stored of a log that has expired.
      if (tail > 0) await firstValueFrom(log.end('failed', { token: state.token }));
      else log.claim(holder, 0).subscribe({ error: noop });
      return false;
    });
  }

  /** Ends a run, in whichever process it is: its stream is unsubscribed from, here at once. */
  async stop(run: ThreadRun): Promise<void> {
    this.#storing.get(run.log)?.unsubscribe();
    await this.#using(run.log, (log) => firstValueFrom(log.end('completed')));
  }

  async *#follow(run: ThreadRun, signal: AbortSignal): AsyncGenerator<LoggedMessage> {
    const isActive = await this.isActive(run);
    const log = this.#open(run.log);
    try {
      // A log that has expired is neither active nor has it ended.
      if (isActive || (await pageAfter(log, 0, 0)).ended !== false) {
        yield* followLog(log, 0, { signal });
      }
    } finally {
      release(log);
    }
  }

  async #using<T>(name: string, use: (log: EventLog) => Promise<T>): Promise<T> {
    const log = this.#open(name);
    try {
      return await use(log);
    } finally {
      release(log);
    }
  }
}

/** Returns the error for a run that was to start while another one continues. */
export function alreadyRunning(): Error {
  return new Error('the thread is already running; stop its run first, or wait for its end');
}

const threadLog = (thread: string): string => `threads/${encodeURIComponent(thread)}`;

const pageAfter = (log: EventLog, after: number, bytes: number): Promise<Page> =>
  firstValueFrom(readLog(log, after, bytes, noop));

function reportStoring(error: unknown): void {
  reportError('a run of agentRunner', error);
}
