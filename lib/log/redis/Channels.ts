import { interval, Subscription, timer } from 'rxjs';
import { reportError } from '../../error/reportError.ts';
import { fullJitter } from '../../time/backoff.ts';
import { clock } from '../../time/clock.ts';
import { ListenerConnection } from './ListenerConnection.ts';
import type { RedisClient, RedisClusterClient } from './RedisClient.ts';
import { redisFailure, replyCode } from './redisFailure.ts';

/**
 * After how many milliseconds without a notification the watchers of a log are woken, so that they read it. A message can
 * be lost without a sign, for example where a master that was cut off from the others still answers.
 */
const pollAfter = 15_000;
/** How often such logs are looked for, in ms. */
const pollTick = 5000;

/** How long to wait before a subscription that was refused is tried again, in ms. */
const minRefusedDelay = 500;
const maxRefusedDelay = 5000;

/** One log that this process watches. */
interface WatchedLog {
  readonly watchers: Set<() => void>;
  listener: ListenerConnection | undefined;
  /** The newest state that the watchers were woken for. */
  epoch: string;
  tail: number;
  ended: string;
  wokenAt: number;
}

/** The logs that this process watches, and the connections on which it is notified: one for each master. */
export class Channels {
  readonly #client: RedisClient | RedisClusterClient;
  readonly #watched = new Map<string, WatchedLog>();
  readonly #listeners = new Map<RedisClient, ListenerConnection>();
  #timers = new Subscription();

  constructor(client: RedisClient | RedisClusterClient) {
    this.#client = client;
  }

  /** Calls back when a log may have changed, until the returned function is called. */
  watch(channel: string, changed: () => void): () => void {
    const watched = this.#watched.get(channel) ?? this.#start(channel);
    watched.watchers.add(changed);
    return () => {
      watched.watchers.delete(changed);
      if (watched.watchers.size === 0 && this.#watched.get(channel) === watched) this.#stop(channel, watched);
    };
  }

  /** Wakes the watchers of a log for a state, once. */
  changed(channel: string, state: string): void {
    const watched = this.#watched.get(channel);
    if (watched === undefined) return;
    const [epoch = '', digits, ended = ''] = state.split(' ');
    const tail = Number(digits);
    if (epoch === watched.epoch && tail <= watched.tail && ended === watched.ended) return;
    watched.epoch = epoch;
    watched.tail = tail;
    watched.ended = ended;
    this.#wake(watched);
  }

  close(): void {
    this.#timers.unsubscribe();
    for (const listener of this.#listeners.values()) listener.close();
    this.#listeners.clear();
    this.#watched.clear();
  }

  #start(channel: string): WatchedLog {
    if (this.#watched.size === 0) this.#timers.add(interval(pollTick).subscribe(() => this.#poll()));
    const state = { epoch: '', tail: 0, ended: '' };
    const watched: WatchedLog = { watchers: new Set(), listener: undefined, ...state, wokenAt: clock.now() };
    this.#watched.set(channel, watched);
    void this.#assign(channel, watched);
    return watched;
  }

  #stop(channel: string, watched: WatchedLog): void {
    this.#watched.delete(channel);
    watched.listener?.remove(channel);
    if (this.#watched.size > 0) return;
    this.#timers.unsubscribe();
    this.#timers = new Subscription();
  }

  #wake(watched: WatchedLog): void {
    watched.wokenAt = clock.now();
    for (const changed of [...watched.watchers]) changed();
  }

  #poll(): void {
    for (const [channel, watched] of [...this.#watched]) {
      if (clock.now() - watched.wokenAt < pollAfter) continue;
      this.#wake(watched);
      void this.#assign(channel, watched);
    }
  }

  /** Subscribes to a channel at the master that has it, and leaves the one that had it before. */
  async #assign(channel: string, watched: WatchedLog): Promise<void> {
    try {
      const client = this.#client;
      const node = 'getNodeClientForKey' in client ? await client.getNodeClientForKey(channel) : client;
      if (this.#watched.get(channel) !== watched) return;
      const before = watched.listener;
      const listener = this.#listeners.get(node) ?? this.#listen(node);
      if (before === listener) return;
      watched.listener = listener;
      listener.add(channel);
      before?.remove(channel);
      if (before?.size === 0) this.#closeListener(before);
    } catch (error) {
      this.#refused(channel, error);
    }
  }

  #listen(node: RedisClient): ListenerConnection {
    const listener = new ListenerConnection(node, {
      subscribed: (channel) => {
        const watched = this.#watched.get(channel);
        if (watched !== undefined) this.#wake(watched);
      },
      message: (channel, message) => this.changed(channel, message),
      refused: (channel, error) => this.#refused(channel, error),
      failed: (error, channels) => {
        report(error);
        for (const channel of channels) {
          const watched = this.#watched.get(channel);
          if (watched !== undefined) void this.#assign(channel, watched);
        }
      },
    });
    this.#listeners.set(node, listener);
    return listener;
  }

  /** Wakes the watchers of a log that is not listened to, also since a read finds its new master, and tries again. */
  #refused(channel: string, error: unknown): void {
    const watched = this.#watched.get(channel);
    if (watched === undefined) return;
    if (replyCode(error) !== 'MOVED') report(error);
    watched.listener = undefined;
    this.#wake(watched);
    const wait = minRefusedDelay + fullJitter(maxRefusedDelay - minRefusedDelay);
    this.#timers.add(timer(wait).subscribe(() => void this.#assign(channel, watched)));
  }

  /** Closes the connection to a master of a cluster that has none of the channels any more. */
  #closeListener(listener: ListenerConnection): void {
    listener.close();
    for (const [node, each] of this.#listeners) if (each === listener) this.#listeners.delete(node);
  }
}

function report(error: unknown): void {
  reportError('redisLog', redisFailure('listen to Redis', error));
}
