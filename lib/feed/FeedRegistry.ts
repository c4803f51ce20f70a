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
  /** When it was last used, on the monotonic clock. */
  lastUsed: number;
}

interface RegistryOptions {
  /** How long a feed without readers stays in the registry, in ms. */
  readonly idleTimeout: number;
  readonly maxSize: number;
  /** The noun and the option of `maxSize`, for the error of a full registry. */
  readonly noun: string;
  readonly option: string;
}

/**
 * A bounded number of feeds by key.
 *
 * A feed without readers is removed and closed when it has not been used for `idleTimeout`. When the registry is full,
 * the feed that has been idle for longest is removed for a new one, but never one with readers.
 */
export class FeedRegistry<M extends Registered> {
  readonly #options: RegistryOptions;
  readonly #members = new Map<string, M>();
  /** Feeds that may be without readers, in the order of their last use. Those with readers are skipped when found. */
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
   * @throws UnavailableError when the registry is full and every feed has readers.
   */
  checkRoom(key: string): void {
    if (this.#isFull(key)) this.#longestIdle();
  }

  /** Adds a feed; the feed that has been idle for longest makes room. @throws UnavailableError as `checkRoom` does. */
  add(member: M): void {
    while (this.#isFull(member.key)) this.remove(this.#longestIdle());
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
    if (this.#members.get(member.key) === member) this.#members.delete(member.key);
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

  #longestIdle(): M {
    for (const [key, member] of this.#idle) {
      if (member.core.readers === 0) return member;
      this.#idle.delete(key);
    }
    const { noun, maxSize, option } = this.#options;
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
      // A feed with readers is touched again when the last of them leaves.
      this.#idle.delete(key);
      if (member.core.readers === 0) this.remove(member);
    }
  };
}
