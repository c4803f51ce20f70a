import { concatMap, finalize, map, type Observable, type ObservableInput, of, throwError } from 'rxjs';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import type { FrameRules } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import { FeedCore } from './FeedCore.ts';
import { FeedRegistry } from './FeedRegistry.ts';
import { endRun, mustContinue, type Run, type RunParts } from './Run.ts';
import { isStored, otherLog, type RunLog, RunLogs, runLease } from './RunLogs.ts';
import { RunsByOwner } from './RunsByOwner.ts';
import { readLog } from './readLog.ts';
import { SharedRun } from './SharedRun.ts';

/** Contains who reads or stops a run, and what gets the errors of its storage. */
export type RunAccess = Pick<RunParts, 'owner' | 'onError'>;

type UseLog<T> = (log: EventLog, state: LogState) => ObservableInput<T>;

interface RunsOptions {
  readonly contract: Contract | undefined;
  readonly log: ((id: string) => EventLog) | undefined;
  readonly linger: number;
  readonly maxRuns: number;
  readonly maxRunsPerOwner: number;
  readonly maxEventBytes: number;
  readonly rules: FrameRules;
}

const lost = 'the process of the stream has ended before the stream was complete; its readers can start it again';

/**
 * The runs of one route in this process. A run without a reader is removed after `linger`, unsubscribed from; one that other
 * processes read runs to its end. When there are `maxRuns`, one makes room that has no reader and has ended or, with an endless
 * `linger`, has had no reader for longest. When an owner has `maxRunsPerOwner`, one of its own makes room.
 */
export class Runs {
  /** True where a program finds runs by names: a request may start none, and the program checks the room for those that do. */
  areNamed = false;
  readonly #options: RunsOptions;
  readonly #logs: RunLogs;
  readonly #registry: FeedRegistry<Run>;
  readonly #byOwner: RunsByOwner;
  #isShutDown = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#logs = new RunLogs(options.contract, options.log);
    this.#byOwner = new RunsByOwner(options.maxRunsPerOwner);
    this.#registry = new FeedRegistry<Run>({
      idleTimeout: options.linger,
      maxSize: options.maxRuns,
      noun: 'runs',
      option: 'resume.maxRuns',
      onRemove: (run) => this.#byOwner.remove(run as Run),
    });
  }

  /** Returns the run of an epoch in this process; a run of another owner is not found. */
  find(epoch: string, owner: unknown): Run | undefined {
    const run = this.get(epoch, owner);
    if (run !== undefined) this.#registry.hold(run);
    return run;
  }

  /**
   * Looks for the run of an epoch that another process has created, and emits it, or `undefined` where there is none;
   * returns `undefined` where no log of this owner can have that epoch.
   *
   * @throws UnavailableError as `create` does.
   */
  open(epoch: string, parts: Omit<RunParts, 'stream'>): Observable<Run | undefined> | undefined {
    const { owner, onError } = parts;
    const id = this.#logs.idIn(epoch, owner);
    if (id === undefined) return undefined;
    this.#registry.checkRoom('');
    const log = this.#logs.open(id, owner);
    if (log === undefined) return undefined;
    const stream = throwError(() => new StreamFailedError(lost));
    let isUsed = false;
    return readLog(log, 0, 0, onError).pipe(
      map((state) => {
        if (!isStored(state, id)) return undefined;
        const opened = this.find(epoch, owner);
        if (opened !== undefined) return opened;
        isUsed = true;
        const run = this.#add({ log, key: id, shared: log }, { ...parts, stream }, true);
        this.#registry.touch(run);
        return run;
      }),
      finalize(() => isUsed || log.close()),
    );
  }

  /**
   * Ends the run of an epoch as completed. Where this process has created it, the stream is unsubscribed from at once;
   * elsewhere its process notices the end. Emits when that is stored, and whether there is such a run of this owner, also
   * one that has ended. No storage is read where no log of this owner can have that epoch.
   */
  stop(epoch: string, parts: RunAccess): Observable<boolean> {
    const run = this.get(epoch, parts.owner);
    if (run !== undefined) return endRun(run).pipe(map(() => true));
    return this.useLog(epoch, parts, (log) => log.end('completed')).pipe(map((state) => state !== undefined));
  }

  /**
   * Calls a function with the log of a run and its state, and emits the result; `undefined` where there is no such run of
   * this owner. The log is closed after that, unless it is in memory.
   */
  useLog<T>(epoch: string, { owner, onError }: RunAccess, use: UseLog<T>): Observable<T | undefined> {
    const id = this.#logs.idIn(epoch, owner);
    const opened = id === undefined ? undefined : this.#logs.open(id, owner);
    const log = opened ?? this.get(epoch, owner)?.core.log;
    if (log === undefined) return of(undefined);
    return readLog(log, 0, 0, onError).pipe(
      concatMap((state) => (opened && !isStored(state, id as string) ? of(undefined) : use(log, state))),
      finalize(() => opened?.close()),
    );
  }

  /** Checks that there is room for a run of an owner, before its stream is made. @throws UnavailableError as `create` does. */
  checkRoomFor(owner: unknown): void {
    if (this.#byOwner.replaceable(owner) === undefined) this.#registry.checkRoom('');
  }

  /** Creates a run; its stream, unless it is empty, is subscribed when the start position of its first reader is known. */
  create(parts: RunParts, isEmpty: boolean): Run {
    const { owner } = parts;
    const replaced = this.#byOwner.replaceable(owner);
    if (replaced !== undefined) this.remove(replaced);
    this.#registry.checkRoom('');
    const run = this.#add(this.#logs.create(owner, isEmpty), parts);
    this.#byOwner.add(run);
    return run;
  }

  /** How many runs there are, with readers and without. */
  get size(): number {
    return this.#registry.size;
  }

  /**
   * Removes the runs without readers, because the server shuts down: no reader will find them again. Returns those that
   * other processes read and whose stream continues here.
   */
  shutdown(): readonly SharedRun[] {
    this.#isShutDown = true;
    for (const run of this.#registry.members) if (run.core.readers === 0 && !mustContinue(run)) this.remove(run);
    return this.#registry.members.flatMap(({ shared }) => (shared === undefined || shared.isOver ? [] : [shared]));
  }

  /** Removes a run, unsubscribes from its stream and aborts it. */
  remove(run: Run): void {
    run.shared?.discard();
    this.#registry.remove(run);
    run.abort.abort();
  }

  /** Returns a run as `find` does, for one use at once: its idle time continues. */
  get(epoch: string, owner: unknown): Run | undefined {
    const run = this.#registry.get(epoch) ?? this.#registry.get(this.#logs.idIn(epoch, owner) ?? '');
    return run !== undefined && Object.is(run.owner, owner) ? run : undefined;
  }

  #add({ log, key, shared: claimable }: RunLog, parts: RunParts, isOpened = false): Run {
    const { owner, stream, abort, onError } = parts;
    if (this.#registry.get(key) !== undefined) throw new TypeError(otherLog);
    const { contract, maxEventBytes, rules } = this.#options;
    const onStop = (): void => abort.abort();
    const onOver = (): void => {
      run.mayMakeRoom = true;
      parts.onOver?.();
      if (run.core.readers === 0) this.rest(run);
    };
    const shared =
      claimable && !isOpened ? new SharedRun({ log: claimable, stream, onError, onStop, onOver }) : undefined;
    const core = new FeedCore({
      contract,
      maxEventBytes,
      rules,
      maxReaders: Infinity,
      maxConcurrentReads: Infinity,
      log: shared?.log ?? log,
      source: shared?.source ?? stream,
      start: 'first-reader',
      linger: Infinity,
      restart: false,
      lease: claimable && runLease,
      onInvalidEvent: 'drop',
      endsWith: undefined,
      onError,
      onStop: () => {
        if (shared !== undefined) return;
        run.mayMakeRoom = true;
        abort.abort();
        parts.onOver?.();
      },
      onIdle: () => this.rest(run),
    });
    const run: Run = { core, owner, abort, key, shared, lastUsed: -Infinity, isKnown: isOpened, mayMakeRoom: isOpened };
    this.#registry.add(run);
    return run;
  }

  /** Removes a run without readers when its idle time is over, unless it runs to its end. */
  rest(run: Run): void {
    if (mustContinue(run)) return;
    const isUnknown = run.shared !== undefined && !run.isKnown;
    if (this.#options.linger === 0 || this.#isShutDown || isUnknown) this.remove(run);
    else this.#registry.touch(run);
  }
}
