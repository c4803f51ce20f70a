import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { closing } from './closing.ts';

/** The listeners for an `http2` server. */
const forHttp2 = new WeakSet<RequestListener>();

/** Marks a listener for an `http2` server (its compatibility API, without TLS). */
export function overHttp2(listener: RequestListener): RequestListener {
  const marked: RequestListener = (request, response) => listener(request, response);
  forHttp2.add(marked);
  return marked;
}

/** Returns a listener that runs before another one, for a server of the same kind. */
export function inFrontOf(inner: RequestListener, outer: RequestListener): RequestListener {
  return forHttp2.has(inner) ? overHttp2(outer) : outer;
}

/** Creates an `http2` server with the one method of `http` servers that specs use and it lacks. */
function http2Server(handler: RequestListener): Server {
  const sessions = new Set<Http2Session>();
  // The types of its request and response are compatible with those of `http` for a handler.
  const server = createHttp2Server(handler as unknown as Parameters<typeof createHttp2Server>[1]);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  const closeAllConnections = (): void => {
    for (const session of sessions) session.destroy();
  };
  return Object.assign(server as unknown as Server, { closeAllConnections });
}

/**
 * Serves an Express app or a plain handler on a free port of 127.0.0.1 while the
 * callback runs. Afterwards every connection is closed, open streams included,
 * and the server as well.
 */
export async function listen<T>(
  handler: RequestListener,
  use: (url: string, server: Server) => T | Promise<T>,
): Promise<T> {
  const isHttp2 = forHttp2.has(handler);
  const server = isHttp2 ? http2Server(handler) : createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo;
  return closing(close, () => use(`${isHttp2 ? 'h2c' : 'http'}://127.0.0.1:${port}`, server));
}
