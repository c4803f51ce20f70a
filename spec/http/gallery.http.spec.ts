import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { galleryApp } from '../../examples/gallery/app.ts';
import { pricesFeed, pricesRoute } from '../../examples/gallery/prices.ts';
import { tail } from '../../examples/gallery/tail.ts';
import { filesIn, textOf } from '../house/repo.ts';
import { exampleServer } from '../support/exampleServer.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

describe('the app of the gallery', () => {
  let gallery: Awaited<ReturnType<typeof galleryApp>>;

  before(async () => {
    gallery = await galleryApp(() => NEVER);
  });
  after(() => gallery.close());

  it('serves a page that may load nothing from elsewhere, with its script and its style', () =>
    listen(gallery.app, async (url) => {
      const page = await fetch(url);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).to.match(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
      const loaded = [...(await page.text()).matchAll(/(?:src|href)="(\/gallery\/[^"]+)"/g)].map(([, path]) => path);
      expect(loaded).to.deep.equal(['/gallery/page.css', '/gallery/page.js']);
      for (const path of loaded) {
        const response = await fetch(url + path);
        expect(response.headers.get('content-type')).to.match(/^text\/(css|javascript)/);
        expect((await response.text()).length).to.be.above(5000);
      }
    }));

  it('serves the files that run, each of at most 100 lines, and nothing outside of the examples', () =>
    listen(gallery.app, async (url) => {
      const pages = [...filesIn('examples/gallery/page', '.js').values()].join('\n');
      const files = [...pages.matchAll(/'((?:echo|notifications|llm|gallery)\/\w+\.ts)'/g)].map(
        ([, file = '']) => file,
      );
      expect(files).to.include.members(['echo/app.ts', 'notifications/app.ts', 'gallery/prices.ts', 'gallery/tail.ts']);
      for (const file of files) {
        const response = await fetch(`${url}/code/${file}`);
        const text = await response.text();
        expect(response.headers.get('content-type')).to.equal('text/plain; charset=utf-8');
        expect(text).to.equal(textOf(`examples/${file}`));
        expect(text.split('\n').length, file).to.be.at.most(100);
      }
      for (const path of ['..%2f..%2fpackage.json', 'notifications/.tmp/data.mdb', 'gallery/']) {
        expect((await fetch(`${url}/code/${path}`)).status, path).to.equal(404);
      }
    }));

  it('has the endpoints of the echo example at their paths', () =>
    listen(gallery.app, async (url) => {
      for (const path of ['/sse', '/sse2', '/sse3']) {
        expect(await readWire(`${url}${path}?message=hello`, /event: echo\n/)).to.contain('"message":"hello"');
      }
      expect((await fetch(`${url}/sse2`)).status).to.equal(422);
    }));

  it('describes the routes of all demos', () =>
    listen(gallery.app, async (url) => {
      const { paths } = (await (await fetch(`${url}/streams/openapi.json`)).json()) as { readonly paths: object };
      const found = Object.entries(paths).map(([path, methods]) => `${path} ${Object.keys(methods).join(' ')}`);
      expect(found).to.have.members([
        '/prices get',
        '/log get',
        '/sse get',
        '/sse2 get',
        '/sse3 get',
        '/notifications get post',
        '/answers post get delete',
      ]);
    }));

  it('has an inspector of all demos', () =>
    listen(gallery.app, async (url) => {
      const page = await fetch(`${url}/inspect`);
      expect(page.status).to.equal(200);
      expect(page.headers.get('content-security-policy')).to.match(/^default-src 'none'/);
      const wire = await openStream(`${url}/inspect/events`);
      for (const name of ['prices', 'notifications', '/prices', '/log', '/sse3', '/notifications', '/answers']) {
        await wire.until(new RegExp(`"name":"${name}"`));
      }
      wire.close();
    }));

  it('writes each request to the log that it streams', () =>
    listen(gallery.app, async (url) => {
      const wire = await openStream(`${url}/log`);
      await wire.until(/GET \/log"/);
      await fetch(`${url}/nowhere`);
      await wire.until(/GET \/nowhere 404 after /);
      wire.close();
    }));
});

describe('the prices of the gallery', () => {
  const pricesIn = (wire: string) =>
    [...wire.matchAll(/^event: price\ndata: (.*)$/gm)].map(([, json = '']) => JSON.parse(json));

  it('sends every symbol first, and each update in the count of its symbol', () => {
    const prices = pricesFeed();
    return listen(pricesRoute(prices), async (url) => {
      // Four groups at least.
      const received = pricesIn(await readWire(`${url}/?interval=50`, /"total":\d{4}/));
      expect(new Set(received.slice(0, 500).map(({ symbol }) => symbol)).size).to.equal(500);
      const updatesOf = new Map<string, number>();
      let sum = 0;
      const complete = received.filter(({ symbol, updates, total }) => {
        sum += updates - (updatesOf.get(symbol) ?? 0);
        updatesOf.set(symbol, updates);
        return total > 0 && sum === total;
      });
      // At the end of a group at the latest: after an update that is missing, never again.
      expect(complete.at(-1)?.total).to.be.above(500);
    }).finally(() => prices.close());
  });

  it('refuses an interval that is not offered', () => {
    const prices = pricesFeed();
    return listen(pricesRoute(prices), async (url) => {
      expect((await fetch(`${url}/?interval=1`)).status).to.equal(422);
    }).finally(() => prices.close());
  });
});

describe('the tail of a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-tail-'));
    file = join(folder, 'app.log');
    writeFileSync(file, 'one\ntwo\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const linesIn = (wire: string) => [...wire.matchAll(/^data: \{"text":"(.*)"\}$/gm)].map(([, text]) => text);
  const lastId = (wire: string) => [...wire.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';

  it('sends the lines of a file, and those that are appended, also in parts', () =>
    listen(tail(file), async (url) => {
      const wire = await openStream(url);
      await wire.until(/two/);
      appendFileSync(file, 'thr');
      appendFileSync(file, 'ee ä\nfour\n');
      expect(linesIn(await wire.until(/four/))).to.deep.equal(['one', 'two', 'three ä', 'four']);
      wire.close();
    }));

  it('continues after the line whose id a reader sends, and at the recent lines for another id', () =>
    listen(tail(file), async (url) => {
      const id = lastId(await readWire(url, /one"\}\n\n/));
      const readAfter = (cursor: string) => readWire(url, /two"\}\n\n/, { headers: { 'last-event-id': cursor } });
      expect(linesIn(await readAfter(id.replace(/\d+$/, '4')))).to.deep.equal(['two']);
      for (const other of ['1-4', id.replace(/\d+$/, '9000'), 'nonsense', id.replace(/\d+$/, '-1')]) {
        expect(linesIn(await readAfter(other)), other).to.deep.equal(['one', 'two']);
      }
    }));

  it('starts at a whole line near the end of a long file', () => {
    writeFileSync(file, Array.from({ length: 1000 }, (_, n) => `line ${n}\n`).join(''));
    return listen(tail(file), async (url) => {
      const lines = linesIn(await readWire(url, /line 999/));
      expect(lines.length).to.be.within(190, 230);
      expect(lines[0]).to.equal(`line ${1000 - lines.length}`);
    });
  });
});

describe('the gallery server', () => {
  it('prints where it listens, and stops on SIGTERM with a stream open', async () => {
    const { child, output, closed, url } = exampleServer('gallery', { PORT: '0' });
    const address = await url();
    expect(output.out).to.equal(`The gallery:   ${address}\nIn a terminal: curl -N '${address}/sse3?message=hello'\n`);
    const wire = await openStream(`${address}/prices?interval=50`);
    await wire.until(/event: price/);
    child.kill('SIGTERM');
    expect(await closed).to.deep.equal([0, null]);
    await wire.over();
    expect(output.err).to.equal('');
  });
});
