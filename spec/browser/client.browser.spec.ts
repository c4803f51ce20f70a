import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { type Feed, feed, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { visit } from '../support/chromium.ts';
import { closing } from '../support/closing.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { clientPage } from './clientPage.ts';

/** A server on a port of its own choice, or on one that another has left. */
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

/** Follows the same route in three ways, and keeps what each gives. */
const threeWays = `
  const seen = { native: [], fromSse: [], fromEventSource: [] };
  const placed = new Set();
  const statuses = [];
  const options = (name) => ({
    backoff: { initialDelay: 100, maxDelay: 100 },
    statusObserver: { next: ({ state }) => statuses.push(name + ' ' + state) },
    cursorObserver: { next: () => placed.add(name) },
  });
  const source = new EventSource('/ticks');
  source.addEventListener('rxsse.position', () => placed.add('native'));
  for (const type of ['tick', 'rxsse.gap'])
    source.addEventListener(type, ({ data }) => seen.native.push({ type, data: JSON.parse(data) }));
  fromSse('/ticks', Ticks, options('fromSse')).subscribe((e) => seen.fromSse.push(e));
  fromEventSource((id) => new EventSource('/ticks?lastEventId=' + id), Ticks, options('fromEventSource'))
    .subscribe((e) => seen.fromEventSource.push(e));
  Object.assign(globalThis, { seen, placed, statuses });
`;

describe('clients in a browser', function () {
  this.timeout(40_000);
  const chromium = requires('chromium');
  const folder = freshFolder();

  it('all resume after the server was restarted, and get the same events', async () => {
    const html = await clientPage(threeWays);
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
        visit(chromium(), async ({ page }) => {
          const allSaw = (n: number) =>
            page.waitForFunction(`Object.values(seen).every((events) => events.some(({ data }) => data === ${n}))`);
          await page.goto(`http://127.0.0.1:${server.port}`);
          // Until each has a place, what is published is before its time.
          await page.waitForFunction('placed.size === 3');
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

  it('lose nothing between what a page is rendered with and its first event', async () => {
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
      // As fate has it: right after the page was rendered, and before it can ask for more.
      await add(10);
      response.send(html.replace('<body>', `<body><script>rendered = ${rendered}</script>`));
      await add(100);
    });
    app.get('/ticks', (_request, _response, next) => void add(1000).then(() => next()));
    app.get('/ticks', sse(ticks));

    await listen(app, (url) =>
      visit(chromium(), async ({ page, complaints }) => {
        await page.goto(url);
        await page.waitForFunction('shown.length === 3');
        await add(10_000);
        await page.waitForFunction('shown.length === 4');
        expect(await page.evaluate('shown')).to.deep.equal([11, 111, 1111, 11_111]);
        expect(complaints).to.deep.equal([]);
      }),
    );
  });

  it('read a server of another origin with the leave that the recipe names, and ask for none at first', async () => {
    const ticks = feed(Ticks);
    const methods: string[] = [];
    const other = express();
    other.use((request, response, next) => {
      const { 'access-control-request-headers': asksFor = '' } = request.headers;
      methods.push(`${request.method} ${asksFor}`.trim());
      response.set('Access-Control-Allow-Origin', '*');
      if (request.method !== 'OPTIONS') return next();
      response.set('Access-Control-Allow-Headers', 'Last-Event-ID').sendStatus(204);
    });
    other.get('/ticks', sse({ retry: 1 }, ticks));

    await listen(other, async (there, server) => {
      const html = await clientPage(`
        const seen = [], statuses = [];
        fromSse('${there}/ticks', Ticks, { statusObserver: { next: ({ state }) => statuses.push(state) } })
          .subscribe(({ data }) => seen.push(data));
        Object.assign(globalThis, { seen, statuses });
      `);
      const app = express().get('/', (_, response) => {
        response.send(html);
      });
      await listen(app, (url) =>
        visit(chromium(), async ({ page }) => {
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
