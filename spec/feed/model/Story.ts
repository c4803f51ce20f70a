import type { EventLog, LogState } from '../../../lib/index.ts';

/** What is true of one life of a feed: all that was ever published in it, trimmed or not. */
export class Story {
  readonly epoch: string;
  /** The numbers of its events, in order. */
  readonly events: number[] = [];
  /** Cursors that were given out, in order. */
  readonly published: string[] = [];
  readonly #log: EventLog;
  #last: LogState;

  /** @param log in memory, and asked behind the back of whatever delays it for the feed. */
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
  if (state === undefined) throw new TypeError('a story needs a log in memory');
  return state;
}
