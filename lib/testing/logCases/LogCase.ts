import type { EventLog } from '../../log/EventLog.ts';
import { CheckedLog } from './CheckedLog.ts';

/** The entries that the log of a test has to retain. */
export interface LogRetention {
  /** At least this many of the newest entries; it removes older ones soon after there are more. */
  readonly entries: number;
}

/** A log, the operations of its storage, and its removal. @category testing */
export interface LogUnderTest {
  readonly log: EventLog;
  /**
   * Opens the log of the same storage after a restart. What was open before is closed by then, or killed; no test uses
   * it any more. Absent where nothing survives.
   */
  reopen?(): EventLog | Promise<EventLog>;
  /** Opens another log over the same storage, as another process does. Absent where there can be only one. */
  second?(): EventLog | Promise<EventLog>;
  /** Closes and removes everything. The logs may be closed already. */
  close(): void | Promise<void>;
}

/** Opens a new log. @category testing */
export type OpenLog = (retention: LogRetention) => LogUnderTest | Promise<LogUnderTest>;

/** The log of a case, each result of which is checked. */
export interface OpenedLog extends CheckedLog {
  /** Opens the log again after a restart; `undefined` where nothing survives one. */
  readonly reopened: (() => Promise<CheckedLog>) | undefined;
  /** Opens another writer; where there can be only one, returns the same log. */
  readonly second: () => Promise<CheckedLog>;
  readonly hasSecond: boolean;
}

/** More than any case appends that has to retain all of them. */
const all = 100_000;

/** Opens the logs of one case, and closes them when it has ended, whatever its result. */
export class LogOpener {
  readonly #open: OpenLog;
  readonly #timeout: number;
  readonly #opened: LogUnderTest[] = [];

  constructor(open: OpenLog, timeout: number) {
    this.#open = open;
    this.#timeout = timeout;
  }

  async open(entries = all): Promise<OpenedLog> {
    const tested = await this.#open({ entries });
    this.#opened.push(tested);
    const checked = (log: EventLog) => new CheckedLog(log, this.#timeout);
    const { reopen, second } = tested;
    return Object.assign(checked(tested.log), {
      reopened: reopen && (async () => checked(await reopen.call(tested))),
      hasSecond: second !== undefined,
      second: async () => checked(second ? await second.call(tested) : tested.log),
    });
  }

  async close(): Promise<void> {
    for (const tested of this.#opened) await tested.close();
  }
}

/** A test of one promise that every log makes. */
export interface LogCase {
  readonly name: string;
  /** Fails when the log breaks the promise. */
  readonly run: (logs: LogOpener) => Promise<void>;
}
