import type { EventLog } from '../../log/EventLog.ts';
import { Probe } from './Probe.ts';

/** What the log that a test asks for has to keep. @category testing */
export interface LogRetention {
  /** At least so many of the newest entries; others it lets go of, soon after they are more. */
  readonly entries: number;
}

/** A log, what can be done with its storage, and how all of it is put away. @category testing */
export interface LogUnderTest {
  readonly log: EventLog;
  /**
   * The log of the same storage after a restart. What was open before is closed
   * by then, or killed; no test uses it any more. Absent where nothing survives.
   */
  reopen?(): EventLog | Promise<EventLog>;
  /** Another log over the same storage, as another process has it. Absent where there is one only. */
  second?(): EventLog | Promise<EventLog>;
  /** Closes and removes everything. The logs may be closed by then. */
  close(): void | Promise<void>;
}

/** Makes a fresh log. @category testing */
export type OpenLog = (retention: LogRetention) => LogUnderTest | Promise<LogUnderTest>;

/** A log of a case, through a probe. */
export interface Opened extends Probe {
  /** Probes the log after a restart; `undefined` where nothing survives one. */
  readonly reopened: (() => Promise<Probe>) | undefined;
  /** Probes another writer; where there is one only, the same log. */
  readonly second: () => Promise<Probe>;
}

/** More than any case appends that means to keep them all. */
const all = 100_000;

/** Opens the logs of one case, and closes them when it is over, however it went. */
export class Lab {
  readonly #open: OpenLog;
  readonly #patience: number;
  readonly #opened: LogUnderTest[] = [];

  constructor(open: OpenLog, patience: number) {
    this.#open = open;
    this.#patience = patience;
  }

  async open(entries = all): Promise<Opened> {
    const tested = await this.#open({ entries });
    this.#opened.push(tested);
    const probe = (log: EventLog) => new Probe(log, this.#patience);
    const { reopen, second } = tested;
    return Object.assign(probe(tested.log), {
      reopened: reopen && (async () => probe(await reopen.call(tested))),
      second: async () => probe(second ? await second.call(tested) : tested.log),
    });
  }

  async close(): Promise<void> {
    for (const tested of this.#opened) await tested.close();
  }
}

/** One promise of a log. */
export interface LogCase {
  readonly name: string;
  /** Fails when the log breaks it. */
  readonly run: (lab: Lab) => Promise<void>;
}
