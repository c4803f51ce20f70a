import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { connectionLimit, events, feed, shutdown, sse } from '../../lib/index.ts';
import { closing } from '../support/closing.ts';
import { listen } from '../support/listen.ts';

const Ticks = events({ Tick: t.number });

/** Sends requests over an agent that keeps its connections alive, as a balancer does. */
async function withAgent(use: (ask: (url: string) => Promise<IncomingMessage>) => Promise<void>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (url: string, headers = { 'Rxsse-Client': '1' }): Promise<IncomingMessage> => {
    const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage];
    response.resume();
    return response;
  };
  await closing(
    async () => agent.destroy(),
    () => use(ask),
  );
}

const closed = async (socket: Socket): Promise<void> => {
  if (!socket.destroyed) await once(socket, 'close');
};

describe('the connection of a client behind a balancer', () => {
  it('is closed with the response that ends at a shutdown', () =>
    withAgent(async (ask) => {
      const route = sse(feed(Ticks));
      await listen(route, async (url) => {
        const response = await ask(url);
        const { socket } = response;
        expect(response.headers.connection).to.equal('keep-alive');
        await Promise.all([shutdown(route, { duration: 0 }), once(response, 'end')]);
        await closed(socket);
      });
    }));

  it('is closed with a rejection while the server shuts down', () =>
    withAgent(async (ask) => {
      const route = sse(NEVER);
      await shutdown(route, { duration: 0 });
      await listen(route, async (url) => {
        const response = await ask(url);
        expect([response.statusCode, response.headers.connection]).to.deep.equal([503, 'close']);
        await closed(response.socket);
      });
    }));

  it('is closed with a rejection by a full server', () =>
    withAgent(async (ask) => {
      const limit = connectionLimit({ maxConnections: 1 });
      const route = sse({ connectionLimit: limit }, NEVER);
      await listen(route, async (url) => {
        const first = get(url);
        await once(first, 'response');
        const response = await ask(url);
        expect([response.statusCode, response.headers.connection]).to.deep.equal([503, 'close']);
        first.destroy();
      });
    }));

  it('lets a server close when its readers are disconnected', () =>
    withAgent(async (ask) => {
      const route = sse(NEVER);
      await listen(route, async (url, server) => {
        await ask(url);
        const isClosed = once(server, 'close');
        server.close();
        await shutdown(route, { duration: 0 });
        await isClosed;
      });
    }));
});
