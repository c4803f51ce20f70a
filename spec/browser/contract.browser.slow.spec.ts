import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Orders, shopApp } from '../contract/shop.ts';
import { withPage } from '../support/chromium.ts';
import { expectAccessible } from '../support/expectAccessible.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

const paid = (order: string) => Orders.OrderPaid({ order, total: 12.5, method: 'card' });

/** Fills the required parameter of the stream of orders, opens it, and returns its part of the page. */
async function openOrders(page: Page) {
  const route = page.locator('#get_orders');
  await route.getByLabel('customer').fill(`it's ada`);
  await route.getByRole('button', { name: 'Open the stream' }).click();
  await route.getByRole('status').getByText('open', { exact: true }).waitFor();
  return route;
}

describe('the contract page in a browser', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');

  it('opens a stream with its parameters, and shows each frame by the name of its event', () => {
    const { app, orders } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await page.goto(`${url}/streams`);
        const route = await openOrders(page);
        expect(await route.locator('.curl pre').textContent()).to.equal(`curl -N '${url}/orders?customer=it%27s+ada'`);

        await orders.publish(Orders.OrderPlaced({ order: 'A-17', lines: [], note: '<img src=x onerror=alert(1)>' }));
        await orders.publish(paid('A-17'));
        const frame = route.locator('.frame.hue-1');
        await frame.waitFor();
        expect(await frame.locator('.name').textContent()).to.equal('order_paid');
        expect(await frame.locator('.pairs').textContent()).to.equal('order "A-17"total 12.5method "card"');
        await frame.locator('summary').click();
        expect(await frame.locator('pre').textContent()).to.match(/^id: 1\.[\w-]+\.2\nevent: order_paid\ndata: \{/);
        expect(await route.locator('.frame.hue-0 .pairs').textContent()).to.contain('<img src=x');
        expect(await page.locator('img').count()).to.equal(0);

        await route.getByRole('button', { name: 'Stop' }).click();
        await route.getByText('closed', { exact: true }).waitFor();
        expect(new Set(requests.map((request) => new URL(request).origin))).to.deep.equal(new Set([url]));
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    );
  });

  it('shows a frame without any wait of its own: while the clock of the page stands still', () => {
    const { app, orders } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.clock.install();
        await page.goto(`${url}/streams`);
        const route = await openOrders(page);
        await page.clock.pauseAt(Date.now() + 3_600_000);
        await orders.publish(paid('A-18'));
        await route.locator('.frame .pairs', { hasText: 'A-18' }).waitFor({ state: 'attached' });
      }),
    );
  });

  it('shows the end of a stream, and retains only the newest 200 frames of a long one', () => {
    const { app, orders } = shopApp();
    return listen(app, async (url) => {
      await orders.publish(Array.from({ length: 500 }, (_, n) => paid(`n${n}`)));
      orders.end();
      await withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/streams`);
        const route = page.locator('#get_orders');
        await route.getByRole('button', { name: 'Open the stream' }).click();
        await route.getByText('ended', { exact: true }).waitFor();
        expect(await route.locator('.frame .name').first().textContent()).to.equal('rxsse.end');
        expect(await route.locator('.frame').count()).to.equal(200);
        await route.getByRole('button', { name: 'Clear' }).click();
        expect(await route.locator('.frame').count()).to.equal(0);
      });
    });
  });

  it('publishes an event from its example, and shows a refusal', () => {
    const { app } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/streams`);
        const route = page.locator('#post_orders');
        await route.getByRole('button', { name: 'Send' }).click();
        await route.locator('.frame.hue-1 .name', { hasText: '202' }).waitFor();
        expect(await route.locator('.frame .pairs').textContent()).to.match(/^cursor "1\..*\.1"$/);
        await route.getByLabel('body').fill('{"type":"order_paid","data":{}}');
        await route.getByRole('button', { name: 'Send' }).click();
        await route.locator('.frame.hue-3 .name', { hasText: '422' }).waitFor();
        expect(await route.locator('.frame').first().textContent()).to.contain('expected string');
      }),
    );
  });

  it('sends a path with its parameter, and a stream by POST with its body', () => {
    const { app } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/streams`);
        const room = page.locator('#get_rooms_room');
        await room.getByLabel('room (string)').fill('a/b');
        expect(await room.locator('.curl pre').textContent()).to.equal(`curl -N '${url}/rooms/a%2Fb'`);
        const search = page.locator('#post_search');
        await search.getByRole('button', { name: 'Open the stream' }).click();
        await search.locator('.frame .name', { hasText: 'ping' }).waitFor();
      }),
    );
  });

  it('starts a stream, and stops it by the cursor that its last frame had', () => {
    const { app } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/streams`);
        const [start, end] = [page.locator('#post_answers'), page.locator('#delete_answers')];
        await start.getByRole('button', { name: 'Open the stream' }).click();
        await start.locator('.frame .name', { hasText: 'token' }).waitFor();
        expect(await end.getByLabel('Last-Event-ID').inputValue()).to.match(/^1\.[\w-]+\.1$/);
        expect(await page.locator('#get_orders').getByLabel('Last-Event-ID').inputValue()).to.equal('');
        await end.getByRole('button', { name: 'Send' }).click();
        await end.locator('.frame .name', { hasText: '204' }).waitFor();
        await start.getByText('ended', { exact: true }).waitFor();
      }),
    );
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, width] of [
      ['a desktop', 1440],
      ['a phone', 390],
    ] as const) {
      it(`has no serious accessibility problem and no sideways scrolling on ${device}, ${colorScheme}`, () => {
        const { app, orders } = shopApp();
        return listen(app, (url) =>
          withPage(chromium(), async ({ page, complaints }) => {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.setViewportSize({ width, height: 900 });
            await page.goto(`${url}/streams`);
            const route = await openOrders(page);
            await orders.publish([Orders.OrderPlaced({ order: 'A-17', lines: [], note: null }), paid('A-17')]);
            await route.locator('.frame.hue-1').waitFor();
            await route.locator('.frame summary').first().click();
            for (const details of await page.locator('details.plain > summary').all()) await details.click();
            await page.screenshot({
              path: join(tmpdir(), `rxsse-contract-${colorScheme}-${width}.png`),
              fullPage: true,
            });

            await expectAccessible(page);
            expect(complaints).to.deep.equal([]);
          }),
        );
      });
    }
  }

  it('is operated by the keyboard alone', () => {
    const { app, orders } = shopApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/streams`);
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.textContent')).to.equal('Skip to the routes');
        await page.locator('#get_orders').getByLabel('customer').focus();
        await page.keyboard.press('Enter');
        const route = page.locator('#get_orders');
        await route.getByRole('status').getByText('open', { exact: true }).waitFor();
        await orders.publish(paid('A-17'));
        // Another frame may come before it or after it.
        const frame = route.locator('.frame', { hasText: 'A-17' });
        await frame.locator('summary').focus();
        await page.keyboard.press('Enter');
        expect(await frame.locator('pre').isVisible()).to.equal(true);
      }),
    );
  });
});
