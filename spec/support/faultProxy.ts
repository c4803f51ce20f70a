import { once } from 'node:events';
import { createServer } from 'node:net';
import { closing } from './closing.ts';
import { type Faults, FaultyConnection } from './FaultyConnection.ts';

export interface FaultProxy {
  /** The URL of the server through the proxy. */
  readonly url: string;
  /** The number of connections so far. */
  readonly count: number;
  /** Resets all open connections on both sides, dead ones too. */
  breakAll(): void;
}

/**
 * Forwards connections to the server at a URL while the callback runs, and applies
 * the faults of each, by its number from 0. Afterwards all of them are closed.
 */
export async function faultProxy<T>(
  target: string,
  faultsOf: (connection: number) => Faults,
  use: (proxy: FaultProxy) => T | Promise<T>,
): Promise<T> {
  const port = Number(new URL(target).port);
  const connections = new Set<FaultyConnection>();
  let count = 0;
  const breakAll = (): void => {
    for (const connection of connections) connection.reset();
  };

  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const connection = new FaultyConnection(client, port, faultsOf(count++));
    connections.add(connection);
    void connection.over.then(() => connections.delete(connection));
  });
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    breakAll();
    await closed;
  };
  return closing(close, async () => {
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    return use({
      url,
      get count() {
        return count;
      },
      breakAll,
    });
  });
}
