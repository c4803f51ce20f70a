import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { withPage } from '../support/chromium.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { expectAccessible } from '../support/expectAccessible.ts';
import { requires } from '../support/requires.ts';

const demos = ['echo', 'notifications', 'prices', 'answer', 'log'] as const;

describe('the gallery in a browser', function () {
  this.timeout(90_000);
  const chromium = requires('chromium');
  let server: ExampleServer;
  let url: string;

  before(async () => {
    server = exampleServer('gallery', { PORT: '0' });
    url = await server.url();
  });
  after(async () => {
    server.child.kill('SIGTERM');
    await server.closed;
  });

  /** Opens a demo, and waits for its first events. */
  async function open(page: Page, demo: (typeof demos)[number]): Promise<void> {
    await page.goto(`${url}/#${demo}`);
    await page.locator('.streams [data-state="open"]').first().waitFor();
    if (demo === 'notifications') await postOne(page);
    const events = page.locator('.streams .count b');
    for (const count of await events.all()) {
      await page.waitForFunction('(count) => count.textContent !== "0"', await count.elementHandle());
    }
  }

  async function postOne(page: Page): Promise<void> {
    await page.getByLabel('Notification', { exact: true }).fill('The kettle boils');
    await page.getByRole('button', { name: 'Post' }).click();
    await page.getByText('The kettle boils').first().waitFor();
  }

  for (const demo of demos) {
    it(`receives everything after a cut: ${demo}`, () =>
      withPage(chromium(), async ({ page, complaints }) => {
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await open(page, demo);
        await page.getByRole('button', { name: 'Cut the connection' }).click();
        await page.locator('.streams [data-state="retrying"]').first().waitFor();
        await page.locator('.outcome[data-outcome="whole"], .outcome[data-outcome="lost"]').waitFor();
        const outcome = (await page.locator('.outcome').textContent()) ?? '';
        const numbers =
          demo === 'prices'
            ? /^Updates since the cut: ([\d,]+)\. Prices up to date: (500) of 500\. Missing: 0\. Repeated: 0\.$/
            : /^Sent while cut: (\d+)\. Received afterwards: (\d+)\. Missing: 0\. Repeated: 0\.$/;
        const [, sent = '', received = ''] = numbers.exec(outcome) ?? [];
        expect(Number(sent.replaceAll(',', '')), outcome).to.be.above(0);
        if (demo !== 'prices') expect(received).to.equal(sent);
        await page.getByRole('button', { name: 'Cut the connection' }).waitFor();
        expect(new Set(requests.map((request) => new URL(request).origin))).to.deep.equal(new Set([url]));
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }));
  }

  it('forgets a cut when its streams are replaced', () =>
    withPage(chromium(), async ({ page, complaints }) => {
      await page.clock.install();
      await open(page, 'echo');
      await page.getByRole('button', { name: 'Cut the connection' }).click();
      await page.locator('.streams [data-state="retrying"]').first().waitFor();
      await page.getByRole('button', { name: 'Send' }).click();
      await page.locator('.streams [data-state="open"]').nth(2).waitFor();
      await page.clock.fastForward(10_000);
      expect(await page.locator('.cut').textContent()).to.equal('Cut the connection');
      expect(await page.locator('.outcome').textContent()).to.match(/^Cut the connection:/);
      expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
    }));

  it('shows the prices of a symbol that is selected, and reads them at the chosen interval', () =>
    withPage(chromium(), async ({ page, complaints }) => {
      await open(page, 'prices');
      const [request] = await Promise.all([
        page.waitForRequest(/interval=1000/),
        page.getByRole('radio', { name: '1 s' }).check(),
      ]);
      expect(request.method()).to.equal('GET');
      await page.locator('.tiles dd', { hasText: 'all 500' }).waitFor();
      await page.getByLabel('Symbol').selectOption('ABE');
      await page.locator('.plot canvas').waitFor();
      expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
    }));

  it('shows a reader in the inspector that is cut there, and reconnects', () =>
    withPage(chromium(), async ({ browser, page, complaints }) => {
      await page.goto(`${url}/inspect`);
      const lane = page.locator('[data-lane="route:/sse3"]');
      await lane.getByText('0 readers').waitFor();
      const window = await browser.newPage();
      await open(window, 'echo');
      await lane.getByText(/\b1 reader\b/).waitFor();
      await page
        .getByRole('button', { name: /^Cut reader/ })
        .first()
        .click();
      await window.locator('.streams [data-state="retrying"]').first().waitFor();
      await window.locator('.streams [data-state="open"]').nth(2).waitFor();
      await lane.getByText(/\b1 reader\b/).waitFor();
      expect(complaints).to.deep.equal([]);
    }));

  it('shows the code of each file, and is operated by the keyboard', () =>
    withPage(chromium(), async ({ page }) => {
      await open(page, 'echo');
      await page.locator('.file .line', { hasText: 'export function echoApp' }).waitFor();
      await page.getByRole('button', { name: 'echo/streams.ts' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('.file .line', { hasText: 'export function reverseEcho' }).waitFor();
      await page.getByRole('link', { name: 'Log tail' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('.console li').first().waitFor();
      expect(await page.locator('[aria-current="page"]').textContent()).to.match(/^Log tail/);
      await page.reload();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).to.equal('Skip to the demo');
    }));

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    it(`has no serious accessibility problem and no sideways scrolling at ${width} pixels, ${colorScheme}`, () =>
      withPage(chromium(), async ({ page, complaints }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        for (const demo of demos) {
          await open(page, demo);
          await page.locator('.file .line').first().waitFor();
          await page.screenshot({
            path: join(tmpdir(), `rxsse-gallery-${demo}-${colorScheme}-${width}.png`),
            fullPage: true,
          });
          // A list that scrolls has to be reached by the keyboard, however many rows it has by then.
          await page.evaluate("document.querySelectorAll('.rows').forEach(({ style }) => (style.maxHeight = '1rem'))");
          await expectAccessible(page);
        }
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }));
  }
});
