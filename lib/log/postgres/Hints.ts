import { reportError } from '../../error/reportError.ts';
import { backoffBound, fullJitter } from '../../time/backoff.ts';
import { withDeadline } from '../withDeadline.ts';
import type { PostgresNotification, PostgresPool } from './PostgresPool.ts';
import { isTemporary, postgresFailure } from './postgresFailure.ts';

/** The channel of all logs; SQL that appends has the same. */
const channel = 'rxsse';
/** The longest wait for the answer of a poll, in ms; then the connection is taken for dead, and another one is opened. */
const pollTimeout = 5000;
/** The longest wait before a connection is opened again for the first time, and the longest of all, in ms. */
const firstReconnectDelay = 100;
const maxReconnectDelay = 5000;

/** One log that this process watches. */
interface Watched {
  readonly name: string;
  readonly watchers: Set<() => void>;
  /** The state that the last poll found; `null` before the first. */
  version: string | null;
}

/** Returns those of the logs whose state is not the one that the last poll found. */
const poll = `
select l.name, l.epoch || ' ' || l.tail || ' ' || coalesce(l.ended, '') as version
from unnest($1::text[], $2::text[]) as seen (name, version) join rxsse.logs l on l.name = seen.name
where seen.version is distinct from l.epoch || ' ' || l.tail || ' ' || coalesce(l.ended, '')`;

/** Not flushed: a hint that is lost is repaired by the poll. */
const notify = `
select set_config('synchronous_commit', 'off', true), pg_notify('${channel}', hint) from unnest($1::text[]) as hint`;

/**
 * The hints that logs of a pool have changed: one connection for all of them listens, and polls behind that, so that a
 * lost notification costs at most the time between two polls. It is open while there are watchers.
 */
export class Hints {
  readonly #pool: PostgresPool;
  #pollInterval = Infinity;
  /** Distinguishes this process, which needs no notification of its own commits. */
  readonly #sender: string;
  readonly #watched = new Map<string, Watched>();
  #unsent = new Set<string>();
  #isSending = false;
  #isRunning = false;
  #endWait = (): void => {};

  constructor(pool: PostgresPool, sender: string) {
    this.#pool = pool;
    this.#sender = sender;
  }

  /** Polls at least so often, in ms. */
  pollEvery(interval: number): void {
    this.#pollInterval = Math.min(this.#pollInterval, interval);
  }

  /** Calls back when a log may have changed, until the returned function is called. */
  watch(hint: string, name: string, changed: () => void): () => void {
    const watched = this.#watched.get(hint) ?? { name, watchers: new Set(), version: null };
    this.#watched.set(hint, watched);
    watched.watchers.add(changed);
    if (!this.#isRunning) void this.#run();
    return () => {
      watched.watchers.delete(changed);
      if (watched.watchers.size > 0 || this.#watched.get(hint) !== watched) return;
      this.#watched.delete(hint);
      if (this.#watched.size === 0) this.#endWait();
    };
  }

  /** Wakes the watchers of this process for its own commit at once, and notifies the other processes. */
  committed(hint: string): void {
    this.#wake(this.#watched.get(hint));
    this.#unsent.add(hint);
    if (!this.#isSending) void this.#send();
  }

  /**
   * Notifies after the commit and not in its transaction: Postgres lets the transactions that notify commit one after the
   * other, for all databases of the server.
   */
  async #send(): Promise<void> {
    this.#isSending = true;
    while (this.#unsent.size > 0) {
      const hints = [...this.#unsent].map((hint) => `${hint}.${this.#sender}`);
      this.#unsent = new Set();
      // The polls of the other processes repair a failure.
      await this.#pool.query(notify, [hints]).catch(() => {});
    }
    this.#isSending = false;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let failures = 0; this.#watched.size > 0; failures++) {
      try {
        await this.#listen(() => {
          failures = 0;
        });
      } catch (error) {
        const remedy = isTemporary(error) ? 'it listens again by itself' : undefined;
        reportError('postgresLog', postgresFailure('listen to Postgres', error, remedy));
        await this.#wait(fullJitter(backoffBound(failures, firstReconnectDelay, maxReconnectDelay)));
      }
    }
    this.#isRunning = false;
  }

  /** Listens and polls while there are watchers; rejects when the connection is lost. */
  async #listen(onConnected: () => void): Promise<void> {
    const connection = await this.#pool.connect();
    let isHealthy = false;
    let onLost: (error: Error) => void = () => {};
    const lost = new Promise<never>((_, reject) => {
      onLost = reject;
    });
    // It is awaited below, but not at every moment.
    lost.catch(() => {});
    const onNotification = ({ payload }: PostgresNotification): void => this.#notified(payload);
    connection.on('error', onLost);
    connection.on('notification', onNotification);
    const run = (text: string, values?: unknown[]) =>
      withDeadline('Postgres', Promise.race([connection.query(text, values), lost]), pollTimeout);
    try {
      await run(`listen ${channel}`);
      onConnected();
      // The first poll finds what was appended while there was no connection.
      while (this.#watched.size > 0) {
        const all = [...this.#watched.values()];
        this.#polled(await run(poll, [all.map(({ name }) => name), all.map(({ version }) => version)]));
        await Promise.race([this.#wait(this.#pollInterval), lost]);
      }
      await run('unlisten *');
      isHealthy = true;
    } finally {
      this.#endWait();
      connection.removeListener('notification', onNotification);
      if (isHealthy) connection.removeListener('error', onLost);
      connection.release(!isHealthy);
    }
  }

  #notified(payload = ''): void {
    const [hint = '', sender] = payload.split('.');
    if (sender !== this.#sender) this.#wake(this.#watched.get(hint));
  }

  #polled({ rows }: { readonly rows: readonly unknown[] }): void {
    const versions = new Map(
      (rows as readonly { name: string; version: string }[]).map((row) => [row.name, row.version]),
    );
    if (versions.size === 0) return;
    for (const watched of this.#watched.values()) {
      const version = versions.get(watched.name);
      if (version === undefined) continue;
      watched.version = version;
      this.#wake(watched);
    }
  }

  #wake(watched: Watched | undefined): void {
    if (watched === undefined) return;
    for (const changed of [...watched.watchers]) changed();
  }

  /** Resolves after a time, or at once when nothing is watched any more. */
  #wait(ms: number): Promise<void> {
    if (this.#watched.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
