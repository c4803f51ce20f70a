import type { EventLog, LogState } from '../../../lib/index.ts';

/** Everything that was published in one epoch of a feed, trimmed or not. */
export class EpochRecord {
  readonly epoch: string;
  /** The numbers of its events, in order. */
  readonly events: number[] = [];
  /** The cursors of publications, in order. */
  readonly published: string[] = [];
  readonly #log: EventLog;
  #last: LogState;

  /** @param log in memory, read without the delays that the feed sees. */
  constructor(log: EventLog) {
    this.#log = log;
    this.#last = stateOf(log);
    this.epoch = this.#last.epoch;
  }

  /** The state of the log now, or when it was closed. */
  get state(): LogState {
    this.#last = stateOf(this.#log, this.#last);
    return this.#last;
  }
}

function stateOf(log: EventLog, before?: LogState): LogState {
  let state = before;
  log.read(0, 0).subscribe({ next: (page) => (state = page), error: () => {} });
  if (state === undefined) throw new TypeError('EpochRecord: expected a log in memory');
  return state;
}
