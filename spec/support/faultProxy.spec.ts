import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { closing } from './closing.ts';
import type { Faults } from './FaultyConnection.ts';
import { type FaultProxy, faultProxy } from './faultProxy.ts';

/** Both ends of one connection, and the proxy between the two. */
interface Ends {
  readonly client: Socket;
  readonly server: Socket;
  readonly proxy: FaultProxy;
}

/** Connects through the faults; the server is connected when the callback runs. */
async function through<T>(faults: Faults, use: (ends: Ends) => Promise<T>): Promise<T> {
  const listening = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => new Promise((resolve) => listening.close(resolve));
  return closing(close, () =>
    faultProxy(
      `http://127.0.0.1:${port}`,
      () => faults,
      async (proxy) => {
        const accepted = once(listening, 'connection');
        const client = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true });
        client.on('error', () => {});
        const [server] = await accepted;
        server.on('error', () => {});
        return closing(
          async () => {
            client.destroy();
            server.destroy();
          },
          () => use({ client, server, proxy }),
        );
      },
    ),
  );
}

/** Returns what is received until the connection ends, and how it ended. */
async function received(end: Socket): Promise<string> {
  let text = '';
  try {
    for await (const bytes of end.iterator({ destroyOnReturn: false })) text += bytes;
    return `${text} end`;
  } catch (error) {
    return `${text} ${(error as NodeJS.ErrnoException).code}`;
  }
}

describe('faultProxy', () => {
  it('forwards bytes and the end of each direction separately', () =>
    through({}, async ({ client, server, proxy }) => {
      client.end('to the server');
      expect(await received(server)).to.equal('to the server end');
      server.end('and back');
      expect(await received(client)).to.equal('and back end');
      expect(proxy.count).to.equal(1);
    }));

  for (const how of ['cut', 'reset'] as const) {
    const ending = how === 'cut' ? 'end' : 'ECONNRESET';

    it(`can ${how} the connection after any byte of a response`, () =>
      through({ answer: { how, after: 3 } }, async ({ client, server }) => {
        const receivedByServer = received(server);
        server.write('12345');
        // After other bytes a reset may be read as an end.
        expect(await received(client)).to.match(how === 'cut' ? /^123 end$/ : /^123 (end|ECONNRESET)$|^ ECONNRESET$/);
        expect(await receivedByServer).to.equal(` ${ending}`);
      }));

    it(`can ${how} the connection after any byte of a request`, () =>
      through({ request: { how, after: 2 } }, async ({ client }) => {
        client.write('12345');
        expect(await received(client)).to.equal(` ${ending}`);
      }));
  }

  for (const how of ['lost', 'deaf'] as const) {
    it(`notifies neither end of a connection that is ${how} until it breaks`, () =>
      through({ answer: { how, after: 2 } }, async ({ client, server, proxy }) => {
        server.write('12345');
        await once(client, 'readable');
        expect(String(client.read())).to.equal('12');
        client.end('hello');
        server.end('yes');
        const both = Promise.all([received(client), received(server)]);
        await new Promise((resolve) => setImmediate(resolve));
        expect([client.closed, server.closed]).to.deep.equal([false, false]);
        proxy.breakAll();
        expect(await both).to.deep.equal([' ECONNRESET', ' ECONNRESET']);
      }));
  }

  it('resets both ends of a lost connection after `noticed` ms', () =>
    through({ answer: { how: 'lost', noticed: 1 } }, async ({ client }) => {
      expect(await received(client)).to.equal(' ECONNRESET');
    }));

  it('reads the bytes that are sent into a lost connection, and not those that are sent into a deaf one', async () => {
    // More than the kernel buffers.
    const bytes = Buffer.alloc(64 * 1024 * 1024);
    const isRead = (how: 'lost' | 'deaf') =>
      through({ answer: { how } }, async ({ server }) => {
        const written = new Promise((resolve) => server.write(bytes, () => resolve(true)));
        if (how === 'lost') return written;
        for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
        return Promise.race([written, false]);
      });
    expect(await isRead('lost')).to.equal(true);
    expect(await isRead('deaf')).to.equal(false);
  });

  it('forwards one byte at a time, or later, and loses none', async () => {
    const pieces: string[] = [];
    await through({ answer: { pace: 'drip' } }, async ({ client, server }) => {
      client.on('data', (bytes) => pieces.push(String(bytes)));
      server.end('1234567890');
      await once(client, 'end');
    });
    expect(pieces.join('')).to.equal('1234567890');
    expect(pieces.length).to.be.above(1);
    await through({ request: { pace: 2 } }, async ({ client, server }) => {
      client.end('later');
      expect(await received(server)).to.equal('later end');
    });
  });
});
