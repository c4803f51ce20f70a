import type { Observable } from 'rxjs';
import { full } from '../error/UnavailableError.ts';
import type { FrameRules } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import { FeedCore } from './FeedCore.ts';
import { FeedRegistry, type Registered } from './FeedRegistry.ts';

interface RunsOptions {
  readonly contract: Contract | undefined;
  readonly log: () => EventLog;
  readonly linger: number;
  readonly maxRuns: number;
  readonly maxRunsPerOwner: number;
  readonly maxEventBytes: number;
  readonly rules: FrameRules;
}

/** A stream of one request that is retained for its reader. Its key is the unguessable epoch of its log. */
export interface Run extends Registered {
  readonly owner: unknown;
  /** Aborts `context.signal` of the stream, which has been unsubscribed from. */
  readonly abort: { abort(): void };
  /** True when the stream has ended: the run may make room. */
  mayMakeRoom: boolean;
}

/**
 * The runs of one route. A run without a reader is removed after `linger`, and its stream is unsubscribed from. When
 * there are `maxRuns`, one makes room that has no reader and has ended or, with an endless `linger`, that has been
 * without a reader for longest. When an owner has `maxRunsPerOwner`, one of its own makes room.
 */
export class Runs {
  readonly #options: RunsOptions;
  readonly #registry: FeedRegistry<Run>;
  readonly #byOwner = new Map<unknown, Set<Run>>();
  #isShutDown = false;

  constructor(options: RunsOptions) {
    const { linger, maxRuns } = options;
    this.#options = options;
    this.#registry = new FeedRegistry<Run>({
      idleTimeout: linger,
      maxSize: maxRuns,
      noun: 'runs',
      option: 'resume.maxRuns',
      onRemove: (run) => this.#removeFromOwner(run as Run),
    });
  }

  /** Returns the run of an epoch; a run of another owner is not found. */
  find(epoch: string, owner: unknown): Run | undefined {
    const run = this.#registry.get(epoch);
    if (run === undefined || !Object.is(run.owner, owner)) return undefined;
    this.#registry.hold(run);
    return run;
  }

  /**
   * Checks that a run of an owner can be created, before a stream is made for it: a request that is refused starts nothing.
   *
   * @throws UnavailableError as `create` does.
   */
  checkRoomFor(owner: unknown): void {
    if (this.#replaceable(owner) === undefined) this.#registry.checkRoom('');
  }

  /** Creates a run; its stream is subscribed when the start position of its first reader is known. */
  create(owner: unknown, stream: Observable<unknown>, abort: Run['abort'], onError: (error: unknown) => void): Run {
    const replaced = this.#replaceable(owner);
    if (replaced !== undefined) this.remove(replaced);
    this.#registry.checkRoom('');
    const { contract, maxEventBytes, rules } = this.#options;
    const log = this.#options.log();
    const core = new FeedCore({
      contract,
      maxEventBytes,
      rules,
      maxReaders: Infinity,
      maxConcurrentReads: Infinity,
      log,
      source: stream,
      start: 'first-reader',
      linger: Infinity,
      restart: false,
      onInvalidEvent: 'drop',
      endsWith: undefined,
      onError,
      onStop: () => {
        run.mayMakeRoom = true;
        abort.abort();
      },
      onIdle: () => this.#rest(run),
    });
    const run: Run = { core, owner, abort, key: stateNowOf(log).epoch, lastUsed: 0, mayMakeRoom: false };
    this.#registry.add(run);
    if (owner !== undefined) this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(run));
    return run;
  }

  /** Returns how many events the log of a run retains, if it has removed some already. */
  overrunOf({ core: { log } }: Run): number | undefined {
    const { floor, tail } = stateNowOf(log);
    return floor === 0 ? undefined : tail - floor;
  }

  /** How many runs there are, with readers and without. */
  get size(): number {
    return this.#registry.size;
  }

  /** Removes the runs without readers, because the server shuts down: no reader will find them again. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const run of this.#registry.members) if (run.core.readers === 0) this.remove(run);
  }

  /** Removes a run, unsubscribes from its stream and aborts it. */
  remove(run: Run): void {
    this.#registry.remove(run);
    run.abort.abort();
  }

  /** Returns the run of an owner that has been without a reader for longest, if the owner has too many. */
  #replaceable(owner: unknown): Run | undefined {
    const { maxRunsPerOwner } = this.#options;
    const runs = this.#byOwner.get(owner);
    if (runs === undefined || runs.size < maxRunsPerOwner) return undefined;
    const [oldest] = [...runs].filter(({ core }) => core.readers === 0).sort((a, b) => a.lastUsed - b.lastUsed);
    if (oldest === undefined) throw full('runs of the owner', maxRunsPerOwner, 'resume.maxRunsPerOwner');
    return oldest;
  }

  #removeFromOwner(run: Run): void {
    const runs = this.#byOwner.get(run.owner);
    runs?.delete(run);
    if (runs?.size === 0) this.#byOwner.delete(run.owner);
  }

  #rest(run: Run): void {
    if (this.#options.linger === 0 || this.#isShutDown) this.remove(run);
    else this.#registry.touch(run);
  }
}

function stateNowOf(log: EventLog): LogState {
  let state: LogState | undefined;
  log.read(0, 0).subscribe((page) => {
    state = page;
  });
  if (state === undefined) throw new TypeError('resume.log: expected a log in memory, got one that reads later');
  return state;
}
