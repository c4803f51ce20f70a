import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Returns the address of a server when it listens. */
export async function addressOf(server: Pick<Server, 'address'>): Promise<string> {
  if (server.address() === null) await once(server as Server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
