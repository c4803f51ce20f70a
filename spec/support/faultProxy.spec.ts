import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { closing } from './closing.ts';
import { type FaultProxy, faultProxy } from './faultProxy.ts';
import type { Faults } from './Line.ts';

/** Both ends of one connection, and what stands between. */
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
async function all(end: Socket): Promise<string> {
  let text = '';
  try {
    for await (const bytes of end.iterator({ destroyOnReturn: false })) text += bytes;
    return `${text} end`;
  } catch (error) {
    return `${text} ${(error as NodeJS.ErrnoException).code}`;
  }
}

describe('faultProxy', () => {
  it('passes everything both ways, the ends too, each by itself', () =>
    through({}, async ({ client, server, proxy }) => {
      client.end('to the server');
      expect(await all(server)).to.equal('to the server end');
      server.end('and back');
      expect(await all(client)).to.equal('and back end');
      expect(proxy.count).to.equal(1);
    }));

  for (const how of ['cut', 'reset'] as const) {
    const seen = how === 'cut' ? 'end' : 'ECONNRESET';

    it(`can ${how} after any byte of an answer`, () =>
      through({ answer: { how, after: 3 } }, async ({ client, server }) => {
        const told = all(server);
        server.write('12345');
        // With bytes before it a reset may be read as an end.
        expect(await all(client)).to.match(how === 'cut' ? /^123 end$/ : /^123 (end|ECONNRESET)$|^ ECONNRESET$/);
        expect(await told).to.equal(` ${seen}`);
      }));

    it(`can ${how} after any byte of a request`, () =>
      through({ request: { how, after: 2 } }, async ({ client }) => {
        client.write('12345');
        expect(await all(client)).to.equal(` ${seen}`);
      }));
  }

  for (const how of ['lost', 'deaf'] as const) {
    it(`tells nobody of a line that is ${how} until it breaks`, () =>
      through({ answer: { how, after: 2 } }, async ({ client, server, proxy }) => {
        server.write('12345');
        await once(client, 'readable');
        expect(String(client.read())).to.equal('12');
        client.end('is anybody there?');
        server.end('yes');
        const both = Promise.all([all(client), all(server)]);
        await new Promise((resolve) => setImmediate(resolve));
        expect([client.closed, server.closed]).to.deep.equal([false, false]);
        proxy.breakAll();
        expect(await both).to.deep.equal([' ECONNRESET', ' ECONNRESET']);
      }));
  }

  it('is noticed after its time', () =>
    through({ answer: { how: 'lost', noticed: 1 } }, async ({ client }) => {
      expect(await all(client)).to.equal(' ECONNRESET');
    }));

  it('takes what is sent into a lost line, and not what is sent into a deaf one', async () => {
    // More than the kernel holds.
    const bytes = Buffer.alloc(64 * 1024 * 1024);
    const taken = (how: 'lost' | 'deaf') =>
      through({ answer: { how } }, async ({ server }) => {
        const written = new Promise((resolve) => server.write(bytes, () => resolve(true)));
        if (how === 'lost') return written;
        for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
        return Promise.race([written, false]);
      });
    expect(await taken('lost')).to.equal(true);
    expect(await taken('deaf')).to.equal(false);
  });

  it('passes one byte at a time, and later, and loses none', async () => {
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
      expect(await all(server)).to.equal('later end');
    });
  });
});
