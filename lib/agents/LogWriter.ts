import { firstValueFrom, NEVER, noop, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { freshEpoch } from '../event/cursor.ts';
import { runLease } from '../feed/RunLogs.ts';
import { type ClaimableLog, whileClaimed } from '../feed/whileClaimed.ts';
import type { Appended, EventLog, FenceOptions, LogEnd } from '../log/EventLog.ts';
import type { NamedLogs } from './NamedLogs.ts';
import { pageAfter } from './storedEntries.ts';

const otherProducer = 'the stream has, or had, another producer; read it, or start one with another id';

/**
 * Appends to the log of a name as its one producer, and ends it. It has the claim on the log from its first write on, so
 * that readers of other processes notice when this one has ended, and no second producer writes into the same stream.
 */
export class LogWriter {
  readonly log: EventLog;
  readonly #release: () => void;
  #fence: Promise<FenceOptions> | undefined;
  #claim: Subscription | undefined;
  #isWhole = true;

  constructor(logs: NamedLogs, name: string) {
    const log = logs.open(name);
    this.log = log;
    this.#release = () => logs.release(name, log);
  }

  /** Appends texts, one entry each. Rejects when they were not stored, and where the log has another producer. */
  async append(texts: readonly string[], event?: string): Promise<Appended> {
    try {
      const fence = await this.#fenced();
      const entries = texts.map((data) => ({ event, data, retry: undefined }));
      return await firstValueFrom(this.log.append(entries, fence));
    } catch (error) {
      this.#isWhole = false;
      throw error;
    }
  }

  /** Ends the log, as failed where something could not be appended, and releases it. */
  async end(how: LogEnd): Promise<void> {
    try {
      await firstValueFrom(this.log.end(this.#isWhole ? how : 'failed', await this.#fenced()));
    } finally {
      this.release();
    }
  }

  /** Gives the claim up, and releases the log. */
  release(): void {
    this.#claim?.unsubscribe();
    this.#release();
  }

  #fenced(): Promise<FenceOptions> {
    this.#fence ??= this.#startClaim();
    return this.#fence;
  }

  async #startClaim(): Promise<FenceOptions> {
    const { inMemory, claim } = this.log;
    if (claim === undefined) return {};
    const log = this.log as ClaimableLog;
    const holder = freshEpoch();
    // One in memory ends with its process.
    const { held, token } = await firstValueFrom(log.claim(holder, inMemory ? maxTimerDelay : runLease));
    const { tail } = held ? await pageAfter(log, 0, 0) : { tail: 0 };
    if (!held || tail > 0) {
      log.claim(holder, 0).subscribe({ error: noop });
      throw new Error(otherProducer);
    }
    if (!inMemory) {
      const options = { log, lease: runLease, holder, onError: noop };
      this.#claim = whileClaimed(options, () => NEVER).subscribe({ error: noop });
    }
    return { token };
  }
}
