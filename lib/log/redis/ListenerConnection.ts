import { backoffBound, fullJitter } from '../../time/backoff.ts';
import { withDeadline } from '../withDeadline.ts';
import type { RedisClient, RedisListener } from './RedisClient.ts';
import { replyCode } from './redisFailure.ts';

/** How often the connection is checked, and how long an answer may take, in ms. */
const checkEvery = 5000;
/** The longest wait before the first new attempt to connect, and the longest of all, in ms; it doubles in between. */
const minReconnectWait = 100;
const maxReconnectWait = 5000;

/** Notified of what happens to the channels of a listener. */
interface ListenerObserver {
  /** The server has confirmed a subscription: what was published before it was missed. */
  subscribed(channel: string): void;
  message(channel: string, message: string): void;
  /** The server has not accepted a subscription, or has ended it. */
  refused(channel: string, error: unknown): void;
  /** The connection was lost, or could not be opened; it is opened again. */
  failed(error: unknown, channels: readonly string[]): void;
}

/**
 * One connection that is notified of the appends to any number of logs. When it is lost it is opened again, after a wait
 * that grows, and every log is read once, since messages were missed.
 */
export class ListenerConnection {
  readonly #client: RedisClient;
  readonly #observer: ListenerObserver;
  /** The channels, and the function that gets the messages of each. */
  readonly #channels = new Map<string, (message: string) => void>();
  #connection: RedisListener | undefined;
  #endWait: () => void = () => {};
  #lose: (reason: unknown) => void = () => {};
  #isRunning = false;
  #isClosed = false;

  constructor(client: RedisClient, observer: ListenerObserver) {
    this.#client = client;
    this.#observer = observer;
  }

  /** How many channels it has. */
  get size(): number {
    return this.#channels.size;
  }

  add(channel: string): void {
    const listener = (message: string): void => this.#observer.message(channel, message);
    this.#channels.set(channel, listener);
    if (this.#connection !== undefined) void this.#subscribe(this.#connection, channel, listener);
    if (!this.#isRunning) void this.#run();
  }

  remove(channel: string): void {
    const listener = this.#channels.get(channel);
    if (listener === undefined) return;
    this.#channels.delete(channel);
    // Where it fails the connection is lost, and with it the subscription. Without the listener, the client takes a
    // subscription that follows at once for one that it has, and does not send it.
    this.#connection?.sUnsubscribe(channel, listener).catch(() => {});
  }

  close(): void {
    this.#isClosed = true;
    this.#endWait();
    this.#lose(new Error('the listener is closed'));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let failures = 0; !this.#isClosed; failures++) {
      try {
        await this.#listen(() => {
          failures = 0;
        });
      } catch (error) {
        if (!this.#isClosed) this.#observer.failed(error, [...this.#channels.keys()]);
      }
      await this.#wait(fullJitter(backoffBound(failures, minReconnectWait, maxReconnectWait)));
    }
  }

  /** Listens until it is closed; rejects when the connection is lost. */
  async #listen(onConnected: () => void): Promise<void> {
    const connection = this.#client.duplicate();
    const lost = new Promise<never>((_, reject) => {
      this.#lose = reject;
      connection.on('error', reject);
    });
    // It is awaited below, but not at every moment.
    lost.catch(() => {});
    connection.on('sharded-channel-moved', (channel) => this.#refuse(String(channel), new Error('MOVED')));
    try {
      await withDeadline('Redis', Promise.race([connection.connect(), lost]), checkEvery);
      this.#connection = connection;
      onConnected();
      for (const [channel, listener] of this.#channels) void this.#subscribe(connection, channel, listener);
      while (!this.#isClosed) {
        await Promise.race([this.#wait(checkEvery), lost]);
        await withDeadline('Redis', Promise.race([connection.sendCommand(['PING']), lost]), checkEvery);
      }
    } finally {
      this.#connection = undefined;
      this.#endWait();
      connection.destroy();
    }
  }

  async #subscribe(connection: RedisListener, channel: string, listener: (message: string) => void): Promise<void> {
    try {
      await connection.sSubscribe(channel, listener);
      if (this.#channels.has(channel)) this.#observer.subscribed(channel);
    } catch (error) {
      if (connection !== this.#connection) return;
      if (replyCode(error) === undefined) this.#lose(error);
      else this.#refuse(channel, error);
    }
  }

  #refuse(channel: string, error: unknown): void {
    if (this.#channels.delete(channel)) this.#observer.refused(channel, error);
  }

  /** Resolves after a time, or at once when the listener is closed. */
  #wait(ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
