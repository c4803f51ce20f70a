import { checkNumber } from '../data/check.ts';

/** How many connections there may be. @category sink */
export interface ConnectionLimitOptions<R> {
  /** Connections at once, over all routes that share it. 1 or more; `Infinity` is no bound. @default 50000 */
  readonly maxConnections?: number;
  /**
   * Who a client is: an address, a user, a key. `undefined` counts the request for
   * nobody. Behind a proxy the socket's address is the proxy's, and one key would
   * stand for everybody. What it throws goes to `next`.
   *
   * @default none: clients are not told apart
   */
  readonly client?: (request: R) => string | undefined;
  /** Connections of one client at once. 1 or more. Without `client` it bounds nobody. @default 20 */
  readonly maxConnectionsPerClient?: number;
}

/** Why a connection is not taken. */
export type Rejection = 'full' | 'client';

/**
 * Decides who is let in. Made by {@link connectionLimit}, and shared by routes.
 *
 * @example How full it is
 * const limits = admission({ connections: 20_000 });
 * app.get('/health', (_request, response) => response.json({ open: limits.open, clients: limits.clients }));
 *
 * @category sink
 */
export class ConnectionLimit<R = unknown> {
  readonly #connections: number;
  readonly #client: ConnectionLimitOptions<R>['client'];
  readonly #perClient: number;
  readonly #byClient = new Map<string, number>();
  #open = 0;

  /** @internal */
  constructor({ maxConnections = 50_000, client, maxConnectionsPerClient = 20 }: ConnectionLimitOptions<R>) {
    checkNumber('connectionLimit: maxConnections', maxConnections, { min: 1 });
    checkNumber('connectionLimit: maxConnectionsPerClient', maxConnectionsPerClient, { min: 1 });
    this.#connections = maxConnections;
    this.#client = client;
    this.#perClient = maxConnectionsPerClient;
  }

  /** Connections that are let in and have not left. */
  get open(): number {
    return this.#open;
  }

  /** Clients that have one. */
  get clients(): number {
    return this.#byClient.size;
  }

  /** @internal */
  clientOf(request: R): string | undefined {
    return this.#client?.(request);
  }

  /** Lets one in, or tells why not. Who was let in leaves once. @internal */
  enter(client: string | undefined): Rejection | undefined {
    if (this.#open >= this.#connections) return 'full';
    if (client !== undefined) {
      const theirs = this.#byClient.get(client) ?? 0;
      if (theirs >= this.#perClient) return 'client';
      this.#byClient.set(client, theirs + 1);
    }
    this.#open++;
    return undefined;
  }

  /** @internal */
  leave(client: string | undefined): void {
    this.#open--;
    if (client === undefined) return;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, left);
  }
}

/**
 * Bounds how many connections there are: in all, and for each client.
 *
 * Counted from the request to the close of its response, waiting for `state`
 * included. Beyond a bound a request that may be a native EventSource gets a 200
 * that asks it to wait, and ends, since any other answer would end it for good;
 * others get 503, or 429 where the client has too many, with `Retry-After`.
 *
 * Give one to several routes to bound them together. Readers of one feed are
 * bounded by its own option `readers`.
 *
 * @example Ten streams for each user, and no more than the machine can hold
 * const user = ({ headers }: SseRequest) => String(headers['x-user']);
 * const limits = admission({ connections: 20_000, perClient: 10, client: user });
 * app.get('/orders', sse(orders, { admission: limits }));
 * app.get('/prices', sse(prices, { admission: limits }));
 *
 * @throws RangeError at once, for a bound below 1.
 * @category sink
 */
export function connectionLimit<R = unknown>(options: ConnectionLimitOptions<R> = {}): ConnectionLimit<R> {
  return new ConnectionLimit(options);
}
