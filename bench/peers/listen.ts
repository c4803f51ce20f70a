import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes as many connections at once as the kernel lets wait. */
export const backlog = 4096;

/** Listens on a free port of this machine alone. */
export function listen(handler: RequestListener): Promise<number> {
  return listenWith(createServer(handler));
}

export function listenWith(server: Server): Promise<number> {
  // The load generator says when it leaves; Node's own limits are for requests that never end.
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The feed and the user that a request asks for. */
export function askedFor(url: string | undefined): { readonly feed: number; readonly user: number } {
  const { searchParams } = new URL(url ?? '/', 'http://localhost');
  return { feed: Number(searchParams.get('feed') ?? 0), user: Number(searchParams.get('user') ?? 0) };
}
