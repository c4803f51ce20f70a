import { reportError } from '../../error/reportError.ts';
import { withDeadline } from '../withDeadline.ts';
import { Channels } from './Channels.ts';
import { checkServer, evictionWarning } from './checkServer.ts';
import type { RedisClient, RedisClusterClient } from './RedisClient.ts';
import { isRetryable, redisFailure, replyCode } from './redisFailure.ts';
import type { RedisScript } from './scriptOf.ts';

/** The longest wait for the reply to one command, in ms; a script that Redis runs, or a reconnect, takes no longer. */
const replyTimeout = 5000;

/** Requests strings as bytes: 36 is the type of a bulk string in `@redis/client`. */
const asBytes = { typeMapping: { 36: Buffer }, timeout: replyTimeout };

/** One client of the app, shared by all its logs: their commands, and the connections that listen. */
export class SharedClient {
  readonly channels: Channels;
  readonly #client: RedisClient | RedisClusterClient;
  readonly #released: () => void;
  readonly #onError = (): void => {};
  #holders = 0;
  #checked: Promise<unknown> | undefined;

  /** @param released called when the last log has released it */
  constructor(client: RedisClient | RedisClusterClient, released: () => void) {
    this.#client = client;
    this.#released = released;
    this.channels = new Channels(client);
    client.on?.('error', this.#onError);
  }

  /** Checks the server, so that what makes it unusable is reported before the first reader comes. */
  hold(key: string): void {
    this.#holders++;
    this.#check(key).catch((error: unknown) => {
      if (!isRetryable(error)) reportError('redisLog', redisFailure('use this Redis', error));
    });
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.channels.close();
    this.#client.off?.('error', this.#onError);
    this.#released();
  }

  /** Runs a script on the server of its keys, all of which are in one slot. */
  async run({ text, sha }: RedisScript, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const [key = ''] = keys;
    await this.#check(key);
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await this.#send(key, ['EVALSHA', sha, ...rest]);
    } catch (error) {
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return this.#send(key, ['EVAL', text, ...rest]);
    }
  }

  #check(key: string): Promise<unknown> {
    this.#checked ??= this.#send(key, ['INFO'])
      .then((reply) => {
        const info = String(reply);
        checkServer(info);
        const warning = evictionWarning(info);
        if (warning !== undefined) reportError('redisLog', new Error(warning));
        // A script does not fail where the message about what it stored is not allowed, so it is tried here.
        return this.#send(key, ['SPUBLISH', key, '']);
      })
      .catch((error: unknown) => {
        // The next operation checks again.
        this.#checked = undefined;
        throw error;
      });
    return this.#checked;
  }

  async #send(key: string, command: string[]): Promise<unknown> {
    const client = this.#client;
    return withDeadline(
      'Redis',
      'getNodeClientForKey' in client
        ? client.sendCommand(key, false, command, asBytes)
        : client.sendCommand(command, asBytes),
      // The client has the same limit for what it has not sent yet.
      replyTimeout + 500,
    );
  }
}
