import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import type { Page } from 'playwright-core';
import { from } from 'rxjs';
import { event, sse } from 'rxsse';
import { echoApp } from '../../examples/echo/app.ts';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

describe('the page of the echo example', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');

  const card = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);

  it('shows the three streams, on the wire and decoded', () =>
    listen(echoApp(), (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await page.goto(`${url}/?message=stream`);
        for (const path of ['/sse', '/sse2', '/sse3']) {
          const frame = card(page, path)
            .locator('.frame', { has: page.locator('.type.echo') })
            .first();
          await frame.waitFor();
          expect(await frame.locator('pre').textContent()).to.match(
            /^id: 1\.[\w-]+\.1\nevent: echo\ndata: \{"message":"stream","created_at":".*Z"\}$/,
          );
          expect(await frame.locator('.message').textContent()).to.equal('stream');
          expect(await frame.locator('time').getAttribute('datetime')).to.match(/Z$/);
          expect(await card(page, path).getByLabel('Connection').textContent()).to.equal('open');
        }
        const reversed = card(page, '/sse3')
          .locator('.event', { has: page.locator('.type.reverse_echo') })
          .first();
        expect(await reversed.locator('.message').textContent()).to.equal('maerts');

        await page.screenshot({ path: join(tmpdir(), 'rxsse-echo.png') });
        expect(complaints).to.deep.equal([]);
      }),
    ));

  it('receives exactly the missed events after a cut, and shows their number', () =>
    listen(echoApp(), (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await page.goto(url);
        await card(page, '/sse3').locator('.type.reverse_echo').first().waitFor();
        for (const path of ['/sse', '/sse2', '/sse3']) {
          await page.getByRole('button', { name: `Cut ${path} for 4 s` }).click();
          expect(await card(page, path).getByLabel('Connection').textContent()).to.equal('cut');
        }
        for (const path of ['/sse', '/sse2', '/sse3']) {
          const tally = card(page, path).getByText('missed');
          await tally.waitFor();
          const [, missed, received] =
            /^missed (\d+), received (\d+), repeated 0$/.exec((await tally.textContent()) ?? '') ?? [];
          expect(Number(missed)).to.be.at.least(path === '/sse3' ? 6 : 3);
          expect(received).to.equal(missed);
          expect(await card(page, path).locator('.event .late').count()).to.equal(Number(missed));

          const returned = card(page, path).locator('.return pre');
          expect(await returned.textContent()).to.match(/^→ last-event-id: 1\.[\w-]+\.\d+\n← rxsse-resume: exact$/);
          const wire = await card(page, path).locator('pre').allTextContents();
          expect(wire.filter((block) => block.includes('rxsse.position'))).to.have.lengthOf(2);
          const ids = wire.flatMap((block) => /^id: .*\.(\d+)\nevent: \w*echo$/m.exec(block)?.[1] ?? []);
          expect(ids.map(Number)).to.deep.equal(ids.map((_, index) => index + 1));
        }
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    ));

  it('shows how many events a server lost and repeated', () => {
    const app = echoApp();
    const first = Date.now();
    const eventAt = (second: number) =>
      `id: ${second}\nevent: echo\ndata: ${JSON.stringify({ message: 'x', created_at: new Date(first + second * 1000) })}\n\n`;
    return listen(
      (request, response) => {
        if (!request.url?.startsWith('/sse')) return app(request, response);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const seconds = request.headers['last-event-id'] === undefined ? [0] : [0, 1, 3, 30];
        response.write(seconds.map(eventAt).join(''));
      },
      (url) =>
        withPage(chromium(), async ({ page }) => {
          await page.goto(url);
          await page.getByRole('button', { name: 'Cut /sse for 4 s' }).click();
          await card(page, '/sse').getByText('missed 29, received 2, repeated 1').waitFor();
        }),
    );
  });

  it('shows a gap when the server no longer has the stream', () => {
    let app = echoApp();
    return listen(
      (request, response) => app(request, response),
      (url, server) =>
        withPage(chromium(), async ({ page, complaints }) => {
          await page.goto(url);
          const open = card(page, '/sse2');
          await open.locator('.type.echo').first().waitFor();
          app = echoApp();
          server.closeAllConnections();

          await open.getByText(/^a gap \(epoch\)/).waitFor();
          expect(await open.locator('.gap pre').textContent()).to.match(
            /^id: 1\.[\w-]+\.0\nevent: rxsse\.gap\ndata: \{"reason":"epoch",/,
          );
          await open.getByText(/^missed \d+, received 0, repeated 0, gap$/).waitFor();
          // The gap is not dispatched to the listeners of events.
          expect(await open.locator('.type').allTextContents()).to.satisfy((types: string[]) =>
            types.every((type) => type === 'echo'),
          );
          expect(
            complaints.filter((complaint) => !/ERR_(INCOMPLETE_CHUNKED|CONNECTION)/.test(complaint)),
          ).to.deep.equal([]);
        }),
    );
  });

  it('retains only the newest frames of a long stream', () =>
    listen(echoApp(), (url) =>
      withPage(chromium(), async ({ page }) => {
        const blocks = Array.from(
          { length: 300 },
          (_, n) => `id: ${n}\nevent: echo\ndata: ${JSON.stringify({ message: `n${n}`, created_at: new Date() })}\n\n`,
        );
        await page.route('**/sse2?*', (route) =>
          route.fulfill({ contentType: 'text/event-stream', body: blocks.join('') }),
        );
        await page.goto(url);
        const open = card(page, '/sse2');
        await open.getByText('n299', { exact: true }).waitFor();
        expect(await open.locator('.frame').count()).to.equal(50);
        expect(await open.locator('.marbles i').count()).to.be.at.most(60);
      }),
    ));

  it('starts with another message, and stops', () =>
    listen(echoApp(), (url, server) =>
      withPage(chromium(), async ({ page, complaints }) => {
        const closes: Promise<unknown>[] = [];
        server.on('request', ({ url }, response) => {
          // Bounded, so that a stream which is never unsubscribed from fails this spec instead of hanging the run.
          if (url?.startsWith('/sse')) closes.push(once(response, 'close', { signal: AbortSignal.timeout(15_000) }));
        });
        await page.goto(url);
        await card(page, '/sse2').getByText('hello').first().waitFor();

        await page.getByLabel('Message').fill(`<b>it's & ünï`);
        await page.getByRole('button', { name: 'Start' }).click();
        const decoded = card(page, '/sse2').locator('.message').first();
        await decoded.waitFor();
        expect(await decoded.textContent()).to.equal(`<b>it's & ünï`);

        await page.getByRole('button', { name: 'Stop' }).click();
        expect(await page.getByLabel('Connection').allTextContents()).to.deep.equal(['closed', 'closed', 'closed']);
        expect(await Promise.all(closes)).to.have.lengthOf(6);
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    ));
});

describe('EventSource on a stream of three events that completes', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');
  const Tick = event('tick', { n: t.number });

  it('receives three events, reconnects once, and stops', () => {
    const answers: number[] = [];
    const app = express();
    app.get('/', (_, response) => {
      response.send('<!doctype html><link rel="icon" href="data:,">');
    });
    app.get('/three', (_, response, next) => {
      response.on('finish', () => answers.push(response.statusCode));
      next();
    });
    app.get('/three', sse({ retry: 0 }, from([1, 2, 3].map((n) => Tick({ n })))));

    return listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await page.goto(url);
        const seen = await page.evaluate(`new Promise((resolve) => {
          const ticks = [];
          const source = new EventSource('/three');
          source.addEventListener('tick', ({ data }) => ticks.push(JSON.parse(data).n));
          source.onmessage = ({ data }) => ticks.push('unnamed: ' + data);
          source.onerror = () => source.readyState === EventSource.CLOSED && resolve(ticks);
        })`);
        expect(seen).to.deep.equal([1, 2, 3]);
        expect(answers).to.deep.equal([200, 204]);
        expect(complaints).to.deep.equal([]);
      }),
    );
  });
});
