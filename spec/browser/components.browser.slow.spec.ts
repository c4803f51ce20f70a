import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import express from 'express';
import type { Page } from 'playwright-core';
import type { Feed } from 'rxsse';
import { componentsApp } from '../../examples/components/app.ts';
import { Orders } from '../../examples/components/orders.ts';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { componentsFolder, requires } from '../support/requires.ts';

/** The build of the example, which needs its packages, as the specs do not. */
interface Bundling {
  bundle(framework: string, target?: 'client' | 'server'): Promise<string>;
}

const loadBundling = async () => (await import(pathToFileURL(join(componentsFolder, 'bundle.ts')).href)) as Bundling;

/** Runs the server's bundle in a process of its own, since Angular replaces the global classes of events. */
function renderedBy(bundle: string): { readonly rendered: string; readonly requests: readonly string[] } {
  const program = `
    const requests = [];
    globalThis.fetch = async (url) => void requests.push(String(url));
    ${bundle}
    Promise.resolve(module.exports.rendered).then((rendered) => process.stdout.write(JSON.stringify({ rendered, requests }), () => process.exit()));
  `;
  return JSON.parse(execFileSync(process.execPath, ['-'], { input: program, encoding: 'utf8' }));
}

/** Records each text that the component shows. */
const recordRendered = `
  globalThis.rendered = [];
  globalThis.text = () => document.querySelector('p')?.textContent.replace(/\\s+/g, ' ').trim();
  new MutationObserver(() => {
    if (rendered.at(-1) !== text()) rendered.push(text());
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

interface OpenedComponent {
  readonly page: Page;
  readonly north: Feed<typeof Orders>;
  /** Resolves when the component shows a text. */
  shows(text: string): Promise<unknown>;
  pay(...totals: readonly number[]): PromiseLike<unknown>;
  /** Cuts all connections. */
  cut(): void;
  /** Resolves when there are so many connections to the orders of a shop. */
  hasConnections(shop: string, count: number): Promise<void>;
  /** Answers requests for the orders of a shop with 404. */
  remove(shop: string): void;
}

/** Opens the page of a framework in Chromium. */
async function opened(chromium: string, framework: string, script: string, use: (c: OpenedComponent) => Promise<void>) {
  const { app, shops } = componentsApp({ [framework]: script });
  const connections: Record<string, number> = { north: 0, south: 0 };
  const changes = new EventEmitter();
  const count = (shop: string, change: number) => {
    connections[shop] = (connections[shop] ?? 0) + change;
    changes.emit('change');
  };
  const removed = new Set<string>();
  const counting = express();
  counting.get('/shops/:shop/orders', ({ params: { shop } }, response, next) => {
    if (removed.has(shop)) return void response.sendStatus(404);
    count(shop, 1);
    response.once('close', () => count(shop, -1));
    next();
  });
  await listen(counting.use(app), (url, server) =>
    withPage(chromium, async ({ page, complaints }) => {
      await page.addInitScript(recordRendered);
      await page.goto(`${url}/${framework}`);
      const north = shops.get('north');
      await use({
        page,
        north,
        shows: (text) => page.waitForFunction(`text() === ${JSON.stringify(text)}`),
        pay: (...totals) => north.publish(totals.map((total) => Orders.OrderPaid({ total }))),
        cut: () => server.closeAllConnections(),
        hasConnections: async (shop, expected) => {
          while (connections[shop] !== expected) await once(changes, 'change');
        },
        remove: (shop) => void removed.add(shop),
      });
      expect(complaints.filter((text) => text.startsWith('uncaught'))).to.deep.equal([]);
    }),
  );
}

describe('a stream in a component', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');
  requires('components');

  for (const framework of ['react', 'vue', 'svelte', 'angular']) {
    describe(`of ${framework}`, () => {
      let script: string;

      before(async () => {
        script = await (await loadBundling()).bundle(framework);
      });

      const inPage = (use: (c: OpenedComponent) => Promise<void>) => opened(chromium(), framework, script, use);

      it('shows each value, and a retry after which nothing is missing or repeated', () =>
        inPage(async ({ page, shows, pay, cut }) => {
          await shows('0 open');
          await pay(1, 10);
          await shows('11 open');
          cut();
          await pay(100);
          await shows('111 open');
          await pay(1000);
          await shows('1111 open');
          const rendered = (await page.evaluate('rendered')) as readonly string[];
          expect(rendered).to.include('11 retrying');
          // Events that arrive together are rendered together.
          expect(rendered.filter((text) => !/^(0|11|111|1111) \w+$/.test(text))).to.deep.equal([]);
        }));

      it('shows that events are missing, and the end', () =>
        inPage(async ({ north, shows, pay, cut }) => {
          await shows('0 open');
          await pay(1);
          await shows('1 open');
          cut();
          // More than the log retains.
          for (let n = 0; n < 30; n++) await pay(0);
          await shows('1 open (orders are missing)');
          await north.end();
          await shows('1 ended (orders are missing)');
        }));

      it('has one connection, closed when the parameter changes and when the component is removed', () =>
        inPage(async ({ page, shows, pay, hasConnections }) => {
          await shows('0 open');
          // React mounts each component twice during development.
          await hasConnections('north', 1);
          await pay(5);
          await shows('5 open');

          await page.click('text=south');
          await shows('0 open');
          await hasConnections('north', 0);
          await hasConnections('south', 1);

          await page.click('text=none');
          await hasConnections('south', 0);
          await hasConnections('north', 0);
        }));

      it('is rendered with its initial value on a server, without a request', async () => {
        const text = await (await loadBundling()).bundle(framework, 'server');
        const { rendered, requests } = renderedBy(text);
        const [, shown] = /<p[^>]*>(.*?)<\/p>/s.exec(rendered) ?? [];
        expect(shown?.replace(/<[^>]*>/g, '').trim()).to.equal('0 connecting');
        expect(requests).to.deep.equal([]);
      });

      it('shows why a stream failed', () =>
        inPage(async ({ page, shows, remove }) => {
          await shows('0 open');
          remove('south');
          await page.click('text=south');
          await page.waitForFunction("text().startsWith('0 failed')");
          expect(await page.evaluate('text()')).to.include('got status 404');
        }));
    });
  }
});
