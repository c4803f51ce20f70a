import { once } from 'node:events';
import { createServer } from 'node:net';
import { closing } from './closing.ts';
import { type Faults, Line } from './Line.ts';

export interface FaultProxy {
  /** The URL of the server through the proxy. */
  readonly url: string;
  /** Connections so far. */
  readonly count: number;
  /** Resets what is open now, on both sides, dead lines too. */
  breakAll(): void;
}

/**
 * Stands between clients and the server at a URL while the callback runs, and
 * does to their connections what is said of each, by its number from 0.
 * Afterwards all of them are gone.
 */
export async function faultProxy<T>(
  target: string,
  faultsOf: (connection: number) => Faults,
  use: (proxy: FaultProxy) => T | Promise<T>,
): Promise<T> {
  const port = Number(new URL(target).port);
  const lines = new Set<Line>();
  let count = 0;
  const breakAll = (): void => {
    for (const line of lines) line.reset();
  };

  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const line = new Line(client, port, faultsOf(count++));
    lines.add(line);
    void line.over.then(() => lines.delete(line));
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
