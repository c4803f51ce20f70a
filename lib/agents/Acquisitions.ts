import { asyncScheduler } from 'rxjs';
import { freshEpoch } from '../event/cursor.ts';
import type { EventLog } from '../log/EventLog.ts';
import type { NamedLogs } from './NamedLogs.ts';
import { appendAfter, newestEntry } from './storedEntries.ts';

/** The producer of a stream. */
export interface Acquisition {
  /** A random text that identifies it. */
  readonly token: string;
  /** How long the stream exists without a renewal, at least, in milliseconds. @default without end */
  readonly ttlMs?: number;
  /** The time at which the stream expires, as that of a `Date`: a quarter of `ttlMs` later than it has to. */
  readonly expiresAt?: number;
}

/** The producers of streams: the newest entry in the log of a stream, for all processes. */
export class Acquisitions {
  readonly #logs: NamedLogs;

  constructor(logs: NamedLogs) {
    this.#logs = logs;
  }

  /**
   * Acquires a stream for a new producer, and returns its token; `undefined` where the stream has a producer.
   *
   * @param onExpired ends the stream of a producer that has expired, before it is replaced
   */
  acquire(streamId: string, ttlMs: number, onExpired: (token: string) => Promise<void>): Promise<string | undefined> {
    return this.#logs.use(streamId, async (log) => {
      const { tail, newest } = await newestOf(log);
      if (newest !== undefined && !isExpired(newest)) return undefined;
      if (newest !== undefined) await onExpired(newest.token);
      const token = freshEpoch();
      const isOwn = await appendAfter(log, tail, JSON.stringify(acquisitionOf(token, ttlMs)));
      return isOwn ? token : undefined;
    });
  }

  /** Returns the producer of a stream; `undefined` for one that was never acquired, was released or has expired. */
  async find(streamId: string): Promise<Acquisition | undefined> {
    const { newest } = await this.#logs.use(streamId, newestOf);
    return newest === undefined || isExpired(newest) ? undefined : newest;
  }

  /** Renews an acquisition that would expire before its `ttlMs` from now; `undefined` for one that is not valid any more. */
  async renew(streamId: string, acquisition: Acquisition): Promise<Acquisition | undefined> {
    const { token, ttlMs = Infinity, expiresAt = Infinity } = acquisition;
    if (expiresAt - asyncScheduler.now() >= ttlMs) return acquisition;
    return this.#logs.use(streamId, async (log) => {
      const { tail, newest } = await newestOf(log);
      if (newest?.token !== token || isExpired(newest)) return undefined;
      const renewed = acquisitionOf(token, ttlMs);
      if (await appendAfter(log, tail, JSON.stringify(renewed))) return renewed;
      const found = await this.find(streamId);
      return found?.token === token ? found : undefined;
    });
  }

  /** Releases a stream from the producer of a token, so that another one can acquire it. */
  async release(streamId: string, token: string): Promise<void> {
    await this.#logs.use(streamId, async (log) => {
      let newest = await newestOf(log);
      // The producer may renew it meanwhile.
      while (newest.newest?.token === token && !(await appendAfter(log, newest.tail, ''))) newest = await newestOf(log);
    });
  }
}

function acquisitionOf(token: string, ttlMs: number): Acquisition {
  return ttlMs === Infinity ? { token } : { token, ttlMs, expiresAt: asyncScheduler.now() + 1.25 * ttlMs };
}

function isExpired({ expiresAt = Infinity }: Acquisition): boolean {
  return asyncScheduler.now() >= expiresAt;
}

async function newestOf(log: EventLog): Promise<{ readonly tail: number; readonly newest: Acquisition | undefined }> {
  const { tail, entry } = await newestEntry(log);
  return { tail, newest: entry?.data ? JSON.parse(entry.data) : undefined };
}
