import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The most connections that wait to be accepted. */
export const backlog = 4096;

/** Listens on a free port of the loopback interface and returns it. */
export function listen(handler: RequestListener): Promise<number> {
  return listenWith(createServer(handler));
}

export function listenWith(server: Server): Promise<number> {
  // The load generator closes its connections itself; Node's own limits are for requests that never end.
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Returns a port of the loopback interface that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenWith(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Returns the feed and the user that a request names. */
export function targetOf(url: string | undefined): { readonly feed: number; readonly user: number } {
  const { searchParams } = new URL(url ?? '/', 'http://localhost');
  return { feed: Number(searchParams.get('feed') ?? 0), user: Number(searchParams.get('user') ?? 0) };
}
