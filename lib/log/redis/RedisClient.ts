/** Options of one command, as `@redis/client` has them. Other clients may ignore them. */
interface CommandOptions {
  readonly timeout?: number;
  /** Requests the strings of a reply as bytes. */
  readonly typeMapping?: object;
}

/**
 * Sends commands to one Redis server. The clients of `redis` and `@redis/client` are one; the guide shows an adapter to
 * `ioredis`.
 *
 * @category log
 */
export interface RedisClient {
  /**
   * Sends one command, and resolves with its reply: strings as text or as bytes. Rejects with an `Error` whose message is
   * the error of Redis, `WRONGTYPE …` for example, or with any other error when the connection was lost.
   */
  sendCommand(command: string[], options?: CommandOptions): Promise<unknown>;
  /** Returns a client of the same server that is not connected yet, for the connection that listens. */
  duplicate(): RedisListener;
  /**
   * Adds a listener for errors of the connection, which the failing commands report as well: an `EventEmitter` without
   * one would end the process.
   */
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

/** Notifies a process of what others append, on one connection for all its logs. @category log */
export interface RedisListener {
  connect(): Promise<unknown>;
  sendCommand(command: string[]): Promise<unknown>;
  /** Subscribes to a sharded channel; resolves when Redis has confirmed it. */
  sSubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  sUnsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /**
   * Adds a listener for `error`, which is emitted each time that the connection is lost, and for `sharded-channel-moved`,
   * where the client emits that.
   */
  on(event: string, listener: (value: unknown) => void): unknown;
  /** Closes the connection at once. */
  destroy(): void;
}

/** Sends commands to a Redis Cluster, as what `createCluster` of `@redis/client` returns. @category log */
export interface RedisClusterClient extends Pick<RedisClient, 'on' | 'off'> {
  /** Sends one command to the master of a key. */
  sendCommand(firstKey: string, isReadonly: boolean, command: string[], options?: CommandOptions): Promise<unknown>;
  /** Returns the client of the master of a key. */
  getNodeClientForKey(key: string): Promise<RedisClient>;
}
