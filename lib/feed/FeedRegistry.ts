import type { Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { full } from '../error/UnavailableError.ts';
import { clock } from '../time/clock.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';
import type { FeedCore } from './FeedCore.ts';

/** A feed in a registry. */
export interface Registered {
  readonly key: string;
  readonly core: FeedCore;
  /** When it was last used, on the monotonic clock; a run that was never idle has `-Infinity`. */
  lastUsed: number;
  /** True where it makes room for another one although its idle time is not over. */
  readonly mayMakeRoom?: boolean;
}

interface RegistryOptions {
  /** How long a feed without readers stays in the registry, in ms. */
  readonly idleTimeout: number;
  readonly maxSize: number;
  /** The noun and the option of `maxSize`, for the error of a full registry. */
  readonly noun: string;
  readonly option: string;
  /** Called when a feed has been removed. */
  readonly onRemove?: (member: Registered) => void;
}

/**
 * A bounded number of feeds by key.
 *
 * A feed that is not in use is removed and closed when it has not been used for `idleTimeout`. When the registry is full,
 * a new one is rejected, so that new keys do not remove feeds in use. With an `idleTimeout` of `Infinity`, the feed that
 * has been idle for longest makes room, but never one in use.
 */
export class FeedRegistry<M extends Registered> {
  readonly #options: RegistryOptions;
  readonly #members = new Map<string, M>();
  /** Feeds that may not be in use, in the order of their last use. Those in use are skipped when found. */
  readonly #idle = new Map<string, M>();
  #timer: Subscription | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): readonly M[] {
    return [...this.#members.values()];
  }

  get(key: string): M | undefined {
    return this.#members.get(key);
  }

  /**
   * Checks that a feed with this key can be added.
   *
   * @throws UnavailableError when the registry is full and no feed may be removed.
   */
  checkRoom(key: string): void {
    if (this.#isFull(key)) this.#removable();
  }

  /** Adds a feed; one that may be removed makes room. @throws UnavailableError as `checkRoom` does. */
  add(member: M): void {
    while (this.#isFull(member.key)) this.remove(this.#removable());
    this.#members.set(member.key, member);
  }

  /** Restarts the idle time of a feed. */
  touch(member: M): void {
    if (this.#members.get(member.key) !== member) return;
    member.lastUsed = clock.now();
    this.#idle.delete(member.key);
    this.#idle.set(member.key, member);
    const { idleTimeout } = this.#options;
    if (this.#timer === undefined && idleTimeout !== Infinity) this.#arm(idleTimeout);
  }

  /** Stops the idle time of a feed that is about to get a reader; it restarts with `touch`. */
  hold(member: M): void {
    if (this.#idle.get(member.key) !== member) return;
    this.#idle.delete(member.key);
    this.#stopTimer();
  }

  /** Removes a feed and closes it. */
  remove(member: M): void {
    if (this.#members.get(member.key) === member) {
      this.#members.delete(member.key);
      this.#options.onRemove?.(member);
    }
    if (this.#idle.get(member.key) === member) this.#idle.delete(member.key);
    member.core.close();
    this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#idle.size > 0) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #isFull(key: string): boolean {
    return !this.#members.has(key) && this.#members.size >= this.#options.maxSize;
  }

  /** Returns the feed that makes room: the one that has been idle for longest of those that may be removed. */
  #removable(): M {
    const { noun, maxSize, option, idleTimeout } = this.#options;
    for (const [key, member] of this.#idle) {
      const isExpired = idleTimeout === Infinity || clock.now() - member.lastUsed >= idleTimeout;
      if (member.core.isInUse) this.#idle.delete(key);
      else if (isExpired || member.mayMakeRoom) return member;
    }
    throw full(noun, maxSize, option);
  }

  /** One timer serves the whole registry. */
  #arm(delay: number): void {
    this.#timer = scheduleIdle(this.#removeIdle, Math.min(Math.ceil(delay), maxTimerDelay));
  }

  readonly #removeIdle = (): void => {
    this.#timer = undefined;
    for (const [key, member] of this.#idle) {
      const left = member.lastUsed + this.#options.idleTimeout - clock.now();
      if (left > 0) return this.#arm(left);
      // A feed in use is touched again when its last reader leaves, and when its source stops.
      this.#idle.delete(key);
      if (!member.core.isInUse) this.remove(member);
    }
  };
}
