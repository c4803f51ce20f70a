import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closing } from './closing.ts';

/**
 * Serves an Express app or a plain handler on a free port of 127.0.0.1 while the
 * callback runs. Afterwards every connection is closed, open streams included,
 * and the server is gone.
 */
export async function listen<T>(
  handler: RequestListener,
  use: (url: string, server: Server) => T | Promise<T>,
): Promise<T> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return closing(close, () => use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server));
}
