import { checkSynchronous } from '../data/callUser.ts';
import { checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';

/** How many connections there may be. @category sink */
export interface ConnectionLimitOptions<R> {
  /** Connections at once, over all routes that share the limit. At least 1; `Infinity` is no bound. @default 50000 */
  readonly maxConnections?: number;
  /**
   * Returns who the client is: an address, a user, a key. A request for which it returns `undefined` counts for no
   * client. Behind a proxy the socket's address is the proxy's, so that all clients would share one. What it throws goes
   * to `next`.
   *
   * @default none: clients are not distinguished
   */
  readonly client?: (request: R) => string | undefined;
  /** Connections of one client at once. At least 1. It has no effect without `client`. @default 20 */
  readonly maxConnectionsPerClient?: number;
}

/** Why a connection is refused: there are too many in all, or of its client. */
export type LimitRefusal = 'full' | 'client';

/**
 * Bounds the connections of the routes that share it. Made by {@link connectionLimit}.
 *
 * @example Report how full the server is
 * const limit = connectionLimit({ maxConnections: 20_000 });
 * app.get('/health', (_request, response) => response.json({ open: limit.open, clients: limit.clients }));
 *
 * @category sink
 */
export class ConnectionLimit<R = unknown> {
  readonly #maxConnections: number;
  readonly #client: ConnectionLimitOptions<R>['client'];
  readonly #maxPerClient: number;
  readonly #byClient = new Map<string, number>();
  #open = 0;

  /** @internal */
  constructor(options: ConnectionLimitOptions<R>) {
    checkOptions('connectionLimit', options, { maxConnections: '', client: 'function', maxConnectionsPerClient: '' });
    const { maxConnections = 50_000, client, maxConnectionsPerClient = 20 } = options;
    checkNumber('connectionLimit: maxConnections', maxConnections, { min: 1 });
    checkNumber('connectionLimit: maxConnectionsPerClient', maxConnectionsPerClient, { min: 1 });
    this.#maxConnections = maxConnections;
    this.#client = client;
    this.#maxPerClient = maxConnectionsPerClient;
  }

  /** How many connections are admitted and not closed. */
  get open(): number {
    return this.#open;
  }

  /** How many clients have a connection. */
  get clients(): number {
    return this.#byClient.size;
  }

  /** @internal */
  clientOf(request: R): string | undefined {
    return checkSynchronous('connectionLimit: client', this.#client?.(request));
  }

  /** Admits a connection, which then leaves once. Returns why not, or `undefined`. @internal */
  enter(client: string | undefined): LimitRefusal | undefined {
    if (this.#open >= this.#maxConnections) return 'full';
    if (client !== undefined) {
      const connections = this.#byClient.get(client) ?? 0;
      if (connections >= this.#maxPerClient) return 'client';
      this.#byClient.set(client, connections + 1);
    }
    this.#open++;
    return undefined;
  }

  /** @internal */
  leave(client: string | undefined): void {
    this.#open--;
    if (client === undefined) return;
    const connections = (this.#byClient.get(client) ?? 1) - 1;
    if (connections === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, connections);
  }
}

/**
 * Bounds how many connections there are: in all, and for each client.
 *
 * A connection counts from its request to the close of its response, including the wait for `state`. Beyond a bound, a
 * request that may be a native EventSource gets a 200 with a `retry:`, and ends, since any other status would end
 * it for good; others get 503, or 429 where the client has too many, with `Retry-After`.
 *
 * Several routes with one limit are bounded together. The readers of one feed are bounded by its option `maxReaders`.
 *
 * @example At most ten streams for each user, and 20000 in all
 * const user = ({ headers }: SseRequest) => String(headers['x-user']);
 * const limit = connectionLimit({ maxConnections: 20_000, maxConnectionsPerClient: 10, client: user });
 * app.get('/orders', sse({ connectionLimit: limit }, orders));
 * app.get('/prices', sse({ connectionLimit: limit }, prices));
 *
 * @throws RangeError at once, for a bound below 1.
 * @category sink
 */
export function connectionLimit<R = unknown>(options: ConnectionLimitOptions<R> = {}): ConnectionLimit<R> {
  return new ConnectionLimit(options);
}
