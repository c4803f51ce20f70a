import { full } from '../error/UnavailableError.ts';
import { mustContinue, type Run } from './Run.ts';

/** The runs of each owner in this process, and how many each may have. */
export class RunsByOwner {
  readonly #max: number;
  readonly #runs = new Map<unknown, Set<Run>>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Adds a run; one without an owner is not counted. */
  add(run: Run): void {
    const { owner } = run;
    if (owner !== undefined) this.#runs.set(owner, (this.#runs.get(owner) ?? new Set()).add(run));
  }

  remove(run: Run): void {
    const runs = this.#runs.get(run.owner);
    runs?.delete(run);
    if (runs?.size === 0) this.#runs.delete(run.owner);
  }

  /**
   * Returns the run of an owner that makes room for another one: the one that has been idle for longest, if the owner has
   * as many as it may.
   *
   * @throws UnavailableError where none of them may be removed.
   */
  replaceable(owner: unknown): Run | undefined {
    const runs = this.#runs.get(owner);
    if (runs === undefined || runs.size < this.#max) return undefined;
    // One that was never idle is about to get its first reader.
    const isIdle = (run: Run): boolean => run.lastUsed > -Infinity && run.core.readers === 0 && !mustContinue(run);
    const idle = [...runs].filter(isIdle);
    const [oldest] = idle.sort((a, b) => a.lastUsed - b.lastUsed);
    if (oldest === undefined) throw full('runs of the owner', this.#max, 'resume.maxRunsPerOwner');
    return oldest;
  }
}
