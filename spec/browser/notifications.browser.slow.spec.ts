import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { withPage } from '../support/chromium.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { requires } from '../support/requires.ts';

describe('the page of the notifications example', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');
  let data: string;
  let server: ExampleServer;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rxsse-notifications-'));
    server = start('0');
  });
  afterEach(async () => {
    await stop('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  const start = (PORT: string) => exampleServer('notifications', { PORT, DATA: data });

  async function stop(signal: NodeJS.Signals): Promise<void> {
    server.child.kill(signal);
    await server.closed;
  }

  async function post(page: Page, text: string): Promise<void> {
    await page.getByLabel('Notification', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Post' }).click();
  }

  const inbox = (page: Page) => page.locator('.inbox li:not(.break)');
  const texts = (page: Page) => inbox(page).locator('.text').allTextContents();
  const shown = (page: Page, text: string) => inbox(page).getByText(text, { exact: true }).waitFor();
  /** Matches the errors of a browser that cannot reach its server. */
  const isNetworkError = (complaint: string) =>
    /ERR_(CONNECTION_\w+|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(complaint);

  it('shows each notification on all pages, and marks those posted on the page', async () => {
    const url = await server.url();
    await withPage(chromium(), async ({ browser, page, complaints }) => {
      await page.goto(url);
      await page.getByText('Nothing yet').waitFor();
      await post(page, '  <b>the kettle</b> boils ');
      await shown(page, '<b>the kettle</b> boils');
      await page.getByText('posted here').waitFor();
      expect(await page.locator('.outbox li').count()).to.equal(0);

      const other = await browser.newPage();
      await other.goto(url);
      await shown(other, '<b>the kettle</b> boils');
      await post(other, 'two');
      await shown(page, 'two');
      expect(await texts(page)).to.deep.equal(['two', '<b>the kettle</b> boils']);
      expect(await page.getByText('posted here').count()).to.equal(1);
      expect(complaints).to.deep.equal([]);
    });
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`misses no notification while the server restarts after ${signal}`, async () => {
      const url = await server.url();
      await withPage(chromium(), async ({ page, complaints }) => {
        await page.goto(url);
        await post(page, 'before');
        await shown(page, 'before');
        await stop(signal);
        await page.getByText('reconnecting', { exact: true }).waitFor();
        await post(page, 'typed meanwhile');
        await page.getByText('waits for the server').waitFor();

        server = start(new URL(url).port);
        await server.url();
        await fetch(`${url}/notifications`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"type":"notification.posted","data":{"text":"posted meanwhile"}}',
        });
        await page.getByText('connected', { exact: true }).waitFor();
        await shown(page, 'typed meanwhile');
        await shown(page, 'posted meanwhile');
        await post(page, 'after');
        await shown(page, 'after');

        const [newest, ...others] = await texts(page);
        expect(newest).to.equal('after');
        expect(others.slice(0, 2).sort()).to.deep.equal(['posted meanwhile', 'typed meanwhile']);
        expect(others.slice(2)).to.deep.equal(['before']);
        const facts = await page.locator('.facts > :not(.status)').allTextContents();
        expect(facts).to.deep.equal(['4 arrived', '1 reconnect', '0 repeated', '0 gaps']);
        expect(complaints.filter((complaint) => !isNetworkError(complaint))).to.deep.equal([]);
      });
    });
  }

  it('shows a gap when the folder was deleted', async () => {
    const url = await server.url();
    await withPage(chromium(), async ({ page }) => {
      await page.goto(url);
      await post(page, 'before');
      await shown(page, 'before');
      await stop('SIGKILL');
      rmSync(data, { recursive: true });
      server = start(new URL(url).port);
      await page.getByText(/^a gap \(epoch\)/).waitFor();
      await page.getByText('1 gap', { exact: true }).waitFor();
    });
  });

  it('shows the newest notifications of a long history', async () => {
    const url = await server.url();
    const many = Array.from({ length: 300 }, (_, n) => ({ type: 'notification.posted', data: { text: `n${n}` } }));
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/notifications`, { method: 'POST', headers, body: JSON.stringify(many) });
    await withPage(chromium(), async ({ page }) => {
      await page.goto(url);
      await shown(page, 'n299');
      expect(await texts(page)).to.deep.equal(Array.from({ length: 100 }, (_, n) => `n${299 - n}`));
      await page.getByText('300 arrived').waitFor();
    });
  });
});
