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
import { visit } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

describe('the page of the echo example', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');

  const card = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);

  it('shows the three streams, on the wire and decoded', () =>
    listen(echoApp(), (url) =>
      visit(chromium(), async ({ page, complaints }) => {
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
          expect(await card(page, path).getByRole('status').textContent()).to.equal('open');
        }
        const reversed = card(page, '/sse3')
          .locator('.event', { has: page.locator('.type.reverse_echo') })
          .first();
        expect(await reversed.locator('.message').textContent()).to.equal('maerts');

        await page.screenshot({ path: join(tmpdir(), 'rxsse-echo.png') });
        expect(complaints).to.deep.equal([]);
      }),
    ));

  it('starts with another message, and stops', () =>
    listen(echoApp(), (url, server) =>
      visit(chromium(), async ({ page, complaints }) => {
        const closes: Promise<unknown>[] = [];
        server.on('request', ({ url }, response) => {
          // Bounded: a stream that is never left must fail this spec and not hang the run.
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
        expect(await page.getByRole('status').allTextContents()).to.deep.equal(['closed', 'closed', 'closed']);
        expect(await Promise.all(closes)).to.have.lengthOf(6);
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    ));
});

describe('EventSource on a stream of three that completes', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');
  const Tick = event('tick', { n: t.number });

  it('gets three, asks once more, and stops', () => {
    const answers: number[] = [];
    const app = express();
    app.get('/', (_, response) => {
      response.send('<!doctype html><link rel="icon" href="data:,">');
    });
    app.get('/three', (_, response, next) => {
      response.on('finish', () => answers.push(response.statusCode));
      next();
    });
    app.get('/three', sse(from([1, 2, 3].map((n) => Tick({ n }))), { retry: 0 }));

    return listen(app, (url) =>
      visit(chromium(), async ({ page, complaints }) => {
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
