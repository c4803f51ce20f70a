import { asyncScheduler, type Observable, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { full } from '../error/UnavailableError.ts';
import type { Contract } from '../event/events.ts';
import type { EventLog } from '../log/EventLog.ts';
import { FeedCore } from './FeedCore.ts';

export interface RunsOptions {
  readonly contract: Contract | undefined;
  readonly log: () => EventLog;
  readonly linger: number;
  readonly max: number;
  readonly maxEventBytes: number;
}

/** What tells a stream that it is left. */
export interface Aborting {
  abort(): void;
}

/** One per-request stream that is remembered for its reader. */
export interface Run {
  readonly feed: FeedCore;
  readonly owner: unknown;
  /** Tells the stream that it is left. */
  readonly abort: Aborting;
  readonly epoch: string;
  leaving: Subscription | undefined;
}

/**
 * The runs of one route, found by their unguessable epochs. One without a reader
 * is forgotten after `grace`, its stream left with it; where there are `max`, the
 * one that has been without a reader for longest makes room.
 */
export class Runs {
  readonly #options: RunsOptions;
  readonly #byEpoch = new Map<string, Run>();
  /** Those without a reader, longestWait first. */
  readonly #idle = new Set<Run>();
  #draining = false;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** The run of an epoch; a run of another owner is as unknown as none. */
  find(epoch: string, owner: unknown): Run | undefined {
    const run = this.#byEpoch.get(epoch);
    if (run === undefined || !Object.is(run.owner, owner)) return undefined;
    run.leaving?.unsubscribe();
    run.leaving = undefined;
    this.#idle.delete(run);
    return run;
  }

  /** Begins a run; its stream is subscribed when the first reader has its place. */
  begin(owner: unknown, stream: Observable<unknown>, abort: Aborting, onError: (error: unknown) => void): Run {
    this.#makeRoom();
    const log = this.#options.log();
    const feed = new FeedCore({
      contract: this.#options.contract,
      maxEventBytes: this.#options.maxEventBytes,
      maxReaders: Infinity,
      maxConcurrentReads: Infinity,
      log,
      source: stream,
      start: 'first-reader',
      linger: Infinity,
      restart: false,
      onError,
      onStop: () => abort.abort(),
      onIdle: () => this.#rest(run),
    });
    const run: Run = { feed, owner, abort, epoch: epochOf(log), leaving: undefined };
    this.#byEpoch.set(run.epoch, run);
    return run;
  }

  /** How many there are, with readers and without. */
  get size(): number {
    return this.#byEpoch.size;
  }

  /** The server shuts down: a run without a reader is left at once, nobody will find it again. */
  drain(): void {
    this.#draining = true;
    for (const run of [...this.#idle]) this.forget(run);
  }

  /** Leaves a run, its stream with it, and tells it so. */
  forget(run: Run): void {
    this.#byEpoch.delete(run.epoch);
    this.#idle.delete(run);
    run.leaving?.unsubscribe();
    run.feed.close();
    run.abort.abort();
  }

  #rest(run: Run): void {
    if (!this.#byEpoch.has(run.epoch)) return;
    const { linger } = this.#options;
    if (linger === 0 || this.#draining) return this.forget(run);
    this.#idle.add(run);
    if (linger !== Infinity)
      run.leaving = asyncScheduler.schedule(() => this.forget(run), Math.min(linger, maxTimerDelay));
  }

  #makeRoom(): void {
    const { max } = this.#options;
    if (this.#byEpoch.size < max) return;
    const [idlest] = this.#idle;
    if (idlest === undefined) throw full('runs', max, 'resume.maxRuns');
    this.forget(idlest);
  }
}

function epochOf(log: EventLog): string {
  let epoch: string | undefined;
  log.read(0, 0).subscribe((page) => {
    epoch = page.epoch;
  });
  if (epoch === undefined) throw new TypeError('the log of a run must be in memory');
  return epoch;
}
