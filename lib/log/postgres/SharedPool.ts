import type { Subscription } from 'rxjs';
import { reportError } from '../../error/reportError.ts';
import { freshEpoch } from '../../event/cursor.ts';
import { scheduleIdle } from '../../time/scheduleIdle.ts';
import { checkDatabase } from './checkDatabase.ts';
import { Hints } from './Hints.ts';
import type { PostgresPool } from './PostgresPool.ts';
import { isTemporary } from './postgresFailure.ts';

/** The wait before entries that are too old are removed for the first time, and between two steps of a round, in ms. */
const expiryDelay = 100;
/** The bounds of the wait between two rounds, in ms; between them it is an eighth of the shortest age. */
const minExpiryRound = 1000;
const maxExpiryRound = 60_000;

/** A pool, and everything that its logs share. */
export class SharedPool {
  readonly pool: PostgresPool;
  readonly hints: Hints;
  readonly #onReleased: () => void;
  /** The pool removes a connection that fails while it is idle; there is nothing else to do. */
  readonly #onError = (): void => {};
  #holders = 0;
  /** The shortest age of its logs, in ms. */
  #age = Infinity;
  #expiry: Subscription | undefined;

  /** @param onReleased called when the last log has released it */
  constructor(pool: PostgresPool, onReleased: () => void) {
    this.pool = pool;
    this.hints = new Hints(pool, freshEpoch());
    this.#onReleased = onReleased;
    pool.on('error', this.#onError);
    // What makes the database unusable is reported before the first reader comes.
    checkDatabase(pool).catch((error: unknown) => {
      if (!isTemporary(error) && this.#holders > 0) reportError('postgresLog', error);
    });
  }

  hold(pollInterval: number, age: number): this {
    this.#holders++;
    this.hints.pollEvery(pollInterval);
    if (age < this.#age) {
      this.#age = age;
      this.#expireAfter(expiryDelay);
    }
    return this;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#expiry?.unsubscribe();
    this.pool.removeListener('error', this.#onError);
    this.#onReleased();
  }

  /** Removes what is too old, also from logs that no process has open. The timer does not hold the process. */
  #expireAfter(delay: number): void {
    this.#expiry?.unsubscribe();
    this.#expiry = scheduleIdle(() => {
      const round = Math.min(Math.max(this.#age / 8, minExpiryRound), maxExpiryRound);
      this.pool.query('select rxsse.expire() as logs').then(
        ({ rows }) => this.#continueExpiry((rows[0] as { readonly logs: number }).logs > 0 ? expiryDelay : round),
        // The next round repeats it. A database that cannot be used is reported elsewhere.
        () => this.#continueExpiry(maxExpiryRound),
      );
    }, delay);
  }

  #continueExpiry(delay: number): void {
    if (this.#holders > 0) this.#expireAfter(delay);
  }
}

const pools = new WeakMap<PostgresPool, SharedPool>();

/** Returns what the logs of a pool share. Each holder releases it once. */
export function holdPool(pool: PostgresPool, pollInterval: number, age: number): SharedPool {
  const shared = pools.get(pool) ?? new SharedPool(pool, () => pools.delete(pool));
  pools.set(pool, shared);
  return shared.hold(pollInterval, age);
}
