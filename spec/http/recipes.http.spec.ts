import { serve } from '@hono/node-server';
import { expect } from 'chai';
import cors from 'cors';
import express, { type Request as ExpressRequest } from 'express';
import { Hono } from 'hono';
import { cors as honoCors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import * as t from 'io-ts';
import { finalize, interval, map, NEVER, Subject } from 'rxjs';
import { sse as onFetch } from '../../lib/adapter/web/index.ts';
import { events, feed, filterEvents, IntFromString, sse } from '../../lib/index.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { publish, Ticks } from './ticks.ts';

const Orders = events({ OrderPaid: { user: t.string, total: t.number } });
const { OrderPaid } = Orders;

/** Serves a Hono app with its own server for Node while the callback runs. */
async function withHono<T>(app: Hono, use: (url: string, cut: () => void) => Promise<T>): Promise<T> {
  // Its web classes replace Node's by default.
  const options = { fetch: app.fetch, hostname: '127.0.0.1', port: 0, overrideGlobalObjects: false };
  const port = deferred<number>();
  const server = serve(options, (info) => port.resolve(info.port));
  const cut = (): void => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      cut();
    });
  const url = `http://127.0.0.1:${await port.promise}`;
  return closing(close, () => use(url, cut));
}

describe('the recipe for Hono', () => {
  it('decodes the parameters of the path, and answers invalid ones with a problem', async () => {
    const readings = onFetch(
      {
        params: { limit: IntFromString },
      },
      ({ params }) => interval(1).pipe(map((n) => n + params.limit)),
    );
    const hono = new Hono();
    hono.get('/above/:limit', (c) => readings(c.req.raw, { params: c.req.param() }));
    await withHono(hono, async (url) => {
      const wire = await openStream(`${url}/above/40`);
      expect(wire.headers['content-type']).to.equal('text/event-stream; charset=utf-8');
      await wire.until(/data: 42\n/);
      wire.close();
      expect((await fetch(`${url}/above/x`)).status).to.equal(422);
    });
  });

  it('delivers events one by one, and unsubscribes when a reader disconnects', async () => {
    const left = deferred();
    const source = new Subject<number>();
    const route = onFetch(source.pipe(finalize(() => left.resolve())));
    await withHono(
      new Hono().get('/', (c) => route(c.req.raw)),
      async (url) => {
        const wire = await openStream(url);
        await wire.until(/retry: 3000\n\n/);
        for (const n of [1, 2, 3]) {
          source.next(n);
          await wire.until(new RegExp(`data: ${n}\\n\\n$`));
        }
        wire.close();
        await left.promise;
      },
    );
  });

  it('resumes, also behind its cors middleware', async () => {
    const ticks = feed(Ticks);
    const route = onFetch({ retry: 1 }, ticks);
    const hono = new Hono().use(honoCors({ origin: 'https://shop.example', exposeHeaders: ['Rxsse-Resume'] }));
    hono.get('/', (c) => route(c.req.raw));
    await withHono(hono, (url, cut) =>
      follow(url, async (follower) => {
        await follower.until(hasPosition);
        for (const n of [1, 3, 5]) {
          publish(ticks, n);
          await follower.until(({ seen }) => seen.includes(String(n)));
          cut();
          publish(ticks, n + 1);
          await follower.until(({ seen }) => seen.includes(String(n + 1)));
        }
        expect(follower.seen).to.deep.equal(['1', '2', '3', '4', '5', '6']);
        const answer = await fetch(url, { headers: { Origin: 'https://shop.example' } });
        expect(answer.headers.get('access-control-allow-origin')).to.equal('https://shop.example');
        expect(answer.headers.get('access-control-expose-headers')).to.equal('Rxsse-Resume');
        await answer.body?.cancel();
      }),
    );
  });

  it('passes an error before the first byte to onError', async () => {
    const route = onFetch(
      {
        state: (_request: Request) => {
          throw new HTTPException(401, { message: 'who are you?' });
        },
      },
      NEVER,
    );
    const hono = new Hono().get('/', (c) => route(c.req.raw));
    hono.onError((error, c) =>
      c.text(`onError: ${error.message}`, error instanceof HTTPException ? error.status : 500),
    );
    await withHono(hono, async (url) => {
      const answer = await fetch(url);
      expect([answer.status, await answer.text()]).to.deep.equal([401, 'onError: who are you?']);
    });
  });
});

describe('the recipe for auth', () => {
  const ofUser = (user: string | undefined, more = {}) => {
    if (user === undefined) throw Object.assign(new Error('secret'), { status: 401 });
    return { user, ...more };
  };
  const session = async (request: ExpressRequest) =>
    ofUser(/(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? '')?.[1]);

  it('by cookie sends each reader its own events, also after a reconnect, and ends an EventSource without a cookie', async () => {
    const orders = feed(Orders);
    let requested = 0;
    const app = express().get(
      '/orders',
      sse(
        {
          events: Orders,
          retry: 1,
          state: (request: ExpressRequest) => {
            requested++;
            return session(request);
          },
        },
        (context) => orders.read(context).pipe(filterEvents((order) => order.data.user === context.state.user)),
      ),
    );
    app.use((error: { status: number }, _: unknown, response: express.Response, _next: express.NextFunction) => {
      response.status(error.status).end();
    });
    await listen(app, async (url, server) => {
      const ada = await openStream(`${url}/orders`, { headers: { Cookie: 'theme=dark; user=ada' } });
      await ada.until(/rxsse\.position/);
      orders.publish([OrderPaid({ user: 'eve', total: 1 }), OrderPaid({ user: 'ada', total: 2 })]);
      expect(await ada.until(/"total":2/)).not.to.include('"eve"');
      ada.close();

      await follow(
        `${url}/orders`,
        async ({ until }) => {
          await until(hasPosition);
          const before = requested;
          server.closeAllConnections();
          await until((follower) => follower.attempts.length === 2 && hasPosition(follower));
          expect(requested).to.equal(before + 1);
        },
        { headers: { Cookie: 'user=ada' } },
      );
      await follow(`${url}/orders`, async (stranger) => {
        await stranger.until(({ seen }) => seen.includes('closed'));
        expect(stranger.attempts.map(({ status, text }) => [status, text])).to.deep.equal([[401, '']]);
      });
    });
  });

  it('by Authorization admits a fetch client until its token expires', async () => {
    const orders = feed(Orders);
    const bearer = async (request: ExpressRequest) => {
      const token = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1];
      return { ...ofUser(token), until: new Date(token === 'old' ? 0 : Date.now() + 60_000) };
    };
    const route = sse({ state: bearer, expiresAt: ({ state }) => state.until }, orders);
    await listen(express().get('/orders', route), async (url) => {
      const ask = (token: string) => openStream(`${url}/orders`, { headers: { Authorization: `Bearer ${token}` } });
      const ada = await ask('ada');
      await ada.until(/rxsse\.position/);
      orders.publish(OrderPaid({ user: 'ada', total: 2 }));
      await ada.until(/"total":2/);
      ada.close();
      const old = await ask('old');
      // No end is sent, so that the client reconnects with a valid token.
      expect(await old.ended())
        .to.match(/rxsse\.position/)
        .and.not.include('rxsse.end');
    });
  });
});

describe('the recipe for CORS', () => {
  const origin = 'https://shop.example';
  const shop = cors({
    origin: [origin],
    credentials: true,
    exposedHeaders: ['Rxsse-Resume', 'Rxsse-Heartbeat', 'Retry-After'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'Rxsse-Client', 'Idempotency-Key'],
  });
  const app = express()
    .use('/orders', shop)
    .get('/orders', sse(feed(Orders)));

  it('lets the page read the stream with its cookies, and the headers of the library', () =>
    listen(app, async (url) => {
      const wire = await openStream(`${url}/orders`, { headers: { Origin: origin } });
      expect(wire.headers).to.include({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Rxsse-Resume,Rxsse-Heartbeat,Retry-After',
        'rxsse-resume': 'live',
        'rxsse-heartbeat': '15000',
      });
      await wire.until(/rxsse\.position/);
      wire.close();
    }));

  it('allows the headers of a fetch client in a preflight', () =>
    listen(app, async (url) => {
      const requests = 'authorization,last-event-id,rxsse-client';
      const answer = await fetch(`${url}/orders`, {
        method: 'OPTIONS',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': requests },
      });
      expect(answer.status).to.equal(204);
      const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(',');
      expect(allowed).to.include.members(requests.split(','));
    }));

  it('allows no other page', () =>
    listen(app, async (url) => {
      const wire = await openStream(`${url}/orders`, { headers: { Origin: 'https://evil.example' } });
      expect(wire.headers['access-control-allow-origin']).to.equal(undefined);
      wire.close();
    }));
});
