import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { type Feed, feed, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { withPage } from '../support/chromium.ts';
import { closing } from '../support/closing.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { clientPage } from './clientPage.ts';

/** Starts a server on a free port, or on the port of a server that was stopped. */
async function serve(listener: RequestListener, port = 0): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads the same route with three clients, and collects the events of each. */
const threeClients = `
  const seen = { native: [], fromSse: [], fromEventSource: [] };
  const positioned = new Set();
  const statuses = [];
  const options = (name) => ({
    backoff: { initialDelay: 100, maxDelay: 100 },
    statusObserver: { next: ({ state }) => statuses.push(name + ' ' + state) },
    cursorObserver: { next: () => positioned.add(name) },
  });
  const source = new EventSource('/ticks');
  source.addEventListener('rxsse.position', () => positioned.add('native'));
  for (const type of ['tick', 'rxsse.gap'])
    source.addEventListener(type, ({ data }) => seen.native.push({ type, data: JSON.parse(data) }));
  fromSse('/ticks', Ticks, options('fromSse')).subscribe((e) => seen.fromSse.push(e));
  fromEventSource((id) => new EventSource('/ticks?lastEventId=' + id), Ticks, options('fromEventSource'))
    .subscribe((e) => seen.fromEventSource.push(e));
  Object.assign(globalThis, { seen, positioned, statuses });
`;

describe('the clients in a browser', function () {
  this.timeout(40_000);
  const chromium = requires('chromium');
  const folder = freshFolder();

  it('resume after a restart of the server, and receive the same events', async () => {
    const html = await clientPage(threeClients);
    const appOf = (ticks: Feed<typeof Ticks>) => {
      const app = express();
      app.get('/', (_, response) => {
        response.send(html);
      });
      app.get('/ticks', sse({ retry: 50 }, ticks));
      return app;
    };
    let ticks = feed(Ticks, { log: folder.open() });
    let server = await serve(appOf(ticks));

    await closing(
      () => server.stop(),
      () =>
        withPage(chromium(), async ({ page }) => {
          const allSaw = (n: number) =>
            page.waitForFunction(`Object.values(seen).every((events) => events.some(({ data }) => data === ${n}))`);
          await page.goto(`http://127.0.0.1:${server.port}`);
          // An event published before a client has its position would not be sent to it.
          await page.waitForFunction('positioned.size === 3');
          await publish(ticks, 1, 2);
          await allSaw(2);

          for (const n of [3, 6]) {
            await page.evaluate('statuses.length = 0');
            await server.stop();
            ticks.close();
            ticks = feed(Ticks, { log: folder.open() });
            await publish(ticks, n);
            await page.waitForFunction("statuses.includes('fromSse retrying')");
            server = await serve(appOf(ticks), server.port);
            await publish(ticks, n + 1);
            await allSaw(n + 1);
            await publish(ticks, n + 2);
            await allSaw(n + 2);
          }
          const expected = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ type: 'tick', data: n }));
          expect(await page.evaluate('seen')).to.deep.equal({
            native: expected,
            fromSse: expected,
            fromEventSource: expected,
          });
        }),
    );
  });

  it('lose nothing between the rendering of a page and its first event', async () => {
    const ticks = feed(Ticks);
    let sum = 0;
    let cursor = '';
    const add = async (n: number) => {
      cursor = await publish(ticks, n);
      sum += n;
    };
    await add(1);

    const html = await clientPage(`
      const { sum, cursor } = rendered;
      const shown = [];
      fromSse('/ticks', Ticks, { lastEventId: cursor })
        .pipe(scan((total, event) => (event.type === 'tick' ? total + event.data : NaN), sum))
        .subscribe((total) => shown.push(total));
      Object.assign(globalThis, { shown });
    `);
    const app = express();
    app.get('/', async (_, response) => {
      const rendered = JSON.stringify({ sum, cursor });
      // Published after the page was rendered, and before it can connect.
      await add(10);
      response.send(html.replace('<body>', `<body><script>rendered = ${rendered}</script>`));
      await add(100);
    });
    app.get('/ticks', (_request, _response, next) => void add(1000).then(() => next()));
    app.get('/ticks', sse(ticks));

    await listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await page.goto(url);
        await page.waitForFunction('shown.length === 3');
        await add(10_000);
        await page.waitForFunction('shown.length === 4');
        expect(await page.evaluate('shown')).to.deep.equal([11, 111, 1111, 11_111]);
        expect(complaints).to.deep.equal([]);
      }),
    );
  });

  it('read a server of another origin with the CORS headers of the recipe, without a preflight at first', async () => {
    const ticks = feed(Ticks);
    const methods: string[] = [];
    const other = express();
    other.use((request, response, next) => {
      const { 'access-control-request-headers': requested = '' } = request.headers;
      methods.push(`${request.method} ${requested}`.trim());
      response.set('Access-Control-Allow-Origin', '*');
      if (request.method !== 'OPTIONS') return next();
      response.set('Access-Control-Allow-Headers', 'Last-Event-ID').sendStatus(204);
    });
    other.get('/ticks', sse({ retry: 1 }, ticks));

    await listen(other, async (otherUrl, server) => {
      const html = await clientPage(`
        const seen = [], statuses = [];
        fromSse('${otherUrl}/ticks', Ticks, { statusObserver: { next: ({ state }) => statuses.push(state) } })
          .subscribe(({ data }) => seen.push(data));
        Object.assign(globalThis, { seen, statuses });
      `);
      const app = express().get('/', (_, response) => {
        response.send(html);
      });
      await listen(app, (url) =>
        withPage(chromium(), async ({ page }) => {
          await page.goto(url);
          await page.waitForFunction("statuses.includes('open')");
          publish(ticks, 1);
          await page.waitForFunction('seen.length === 1');
          server.closeAllConnections();
          publish(ticks, 2);
          await page.waitForFunction('seen.length === 2');
          expect(await page.evaluate('seen')).to.deep.equal([1, 2]);
          expect(methods).to.deep.equal(['GET', 'OPTIONS last-event-id', 'GET']);
        }),
      );
    });
  });
});
