import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { closing } from '../../support/closing.ts';

/** Forwards each connection to the next of these ports, while the callback runs; it is cut with the server's. */
export async function balance<T>(ports: () => readonly number[], use: (url: string) => Promise<T>): Promise<T> {
  const sockets = new Set<{ destroy(): unknown }>();
  let count = 0;
  const balancer = createServer((client) => {
    const live = ports();
    const server = connect(live[count++ % live.length] ?? 0, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const close = async (): Promise<void> => {
    balancer.close();
    for (const socket of sockets) socket.destroy();
  };
  return closing(close, async () => {
    balancer.listen(0, '127.0.0.1');
    await once(balancer, 'listening');
    return use(`http://127.0.0.1:${(balancer.address() as AddressInfo).port}`);
  });
}
