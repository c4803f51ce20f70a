import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { closing } from '../../support/closing.ts';

interface CuttingProxy {
  readonly port: number;
  /** How many answers were cut off. */
  readonly cuts: number;
  /** Cuts the next connections on which a statement contains the text, when the server has answered it. */
  cutAnswersTo(text: string, count: number): void;
  /** Does the same once, and rejects every connection after that. */
  cutForever(text: string): void;
}

/** Forwards connections to a server while the callback runs, and cuts some after the server has done what they ask for. */
export async function withCuttingProxy<T>(target: number, use: (proxy: CuttingProxy) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let text = '';
  let left = 0;
  let cuts = 0;
  let isOpen = true;
  let isLast = false;
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const proxy = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    const server = connect(target, '127.0.0.1');
    let isDoomed = false;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true).on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (left > 0 && bytes.includes(text)) {
        left--;
        isDoomed = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!isDoomed) {
        client.write(bytes);
        return;
      }
      cuts++;
      server.destroy();
      client.destroy();
      if (isLast) {
        isOpen = false;
        destroyAll();
      }
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    destroyAll();
    await closed;
  };
  return closing(close, () =>
    use({
      port: (proxy.address() as AddressInfo).port,
      get cuts() {
        return cuts;
      },
      cutAnswersTo(statement, count) {
        text = statement;
        left = count;
      },
      cutForever(statement) {
        text = statement;
        left = 1;
        isLast = true;
      },
    }),
  );
}
