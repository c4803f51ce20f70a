import { firstValueFrom, NEVER, noop, type Subscription } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import { runLease } from '../feed/RunLogs.ts';
import { type ClaimableLog, whileClaimed } from '../feed/whileClaimed.ts';
import type { Appended, EventLog, FenceOptions, LogEnd } from '../log/EventLog.ts';
import { release } from './logsByName.ts';

/**
 * Appends to a log as its one producer, and ends it. Where other processes read the log, it has the claim from its first
 * append on, so that readers notice when this process has ended, and two processes do not both produce.
 */
export class LogWriter {
  readonly #log: EventLog;
  #fence: Promise<FenceOptions> | undefined;
  #claim: Subscription | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Appends texts, one entry each. Rejects when they were not stored. */
  async append(texts: readonly string[], event?: string): Promise<Appended> {
    this.#fence ??= this.#claimed();
    const fence = await this.#fence;
    const entries = texts.map((data) => ({ event, data, retry: undefined }));
    return firstValueFrom(this.#log.append(entries, fence));
  }

  /** Ends the log, and releases it. */
  async end(how: LogEnd): Promise<void> {
    try {
      await firstValueFrom(this.#log.end(how, await this.#fence));
    } finally {
      this.#claim?.unsubscribe();
      release(this.#log);
    }
  }

  /** Resolves when the claim is granted; waits while another producer has it, and rejects when that ends the log. */
  #claimed(): Promise<FenceOptions> {
    const { inMemory, claim } = this.#log;
    if (inMemory || claim === undefined) return Promise.resolve({});
    return new Promise((resolve, reject) => {
      const options = { log: this.#log as ClaimableLog, lease: runLease, onError: noop };
      this.#claim = whileClaimed(options, (token) => {
        resolve({ token });
        return NEVER;
      }).subscribe({ error: reject, complete: () => reject(new ClosedError('the log', 'ended')) });
    });
  }
}
