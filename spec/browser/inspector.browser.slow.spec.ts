import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import type { Page } from 'playwright-core';
import { EMPTY } from 'rxjs';
import { events, feed, feeds, sse } from 'rxsse';
import { fromSse } from 'rxsse/client';
import { type InspectorOptions, inspector } from 'rxsse/inspector';
import { withPage } from '../support/chromium.ts';
import { expectAccessible } from '../support/expectAccessible.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number }, OrderSent: { order: t.string } });
const paid = (order: string) => Orders.OrderPaid({ order, total: 12.5 });

function inspectedApp(options: InspectorOptions = {}) {
  const orders = feed(Orders);
  const readOrders = sse({ resume: { from: 'oldest' }, retry: 100 }, orders);
  const app = express();
  app.get('/orders', readOrders);
  app.get('/empty', sse(EMPTY));
  app.use('/inspect', inspector({ feeds: { orders }, routes: { '/orders': readOrders }, payloads: true, ...options }));
  return { app, orders };
}

/** Waits for an expression to be true in the page. Its policy forbids `page.waitForFunction`, which uses `eval`. */
const becomesTrue = (page: Page, expression: string) =>
  page.evaluate(`new Promise((resolve) => {
    const check = () => ((${expression}) ? resolve() : setTimeout(check, 20));
    check();
  })`);

/** Opens the page, and waits until it is live and knows its lanes. */
async function openInspector(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/inspect`);
  await page.getByRole('status').getByText('live', { exact: true }).waitFor();
  await page.locator('[data-lane="feed:orders"]').waitFor();
  await becomesTrue(page, 'document.getElementById("app").model.status.feeds[0].epoch !== ""');
}

/** Returns an expression for the lane of the feed in the model of the page. */
const lane = 'document.getElementById("app").model.lanes.get("feed:orders")';

/** Waits until the lane of the feed has drawn so many events, and returns them as they were drawn. */
async function drawn(page: Page, count: number): Promise<readonly { left: number; right: number; name: string }[]> {
  const items = `${lane}.drawn.filter(({ marks }) => marks[0]?.kind === 'event')`;
  await becomesTrue(page, `${items}.reduce((sum, item) => sum + item.count, 0) === ${count}`);
  return (await page.evaluate(
    `${items}.map(({ left, right, marks }) => ({ left, right, name: marks[0].name }))`,
  )) as never;
}

describe('the page of an inspector', function () {
  this.timeout(90_000);
  const chromium = requires('chromium');

  it('draws what was published, and shows the payload of a marble that is clicked', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await openInspector(page, url);
        const cursor = await orders.publish(Orders.OrderPaid({ order: '<img src=x onerror=alert(1)>', total: 12.5 }));
        await drawn(page, 1);
        await page.getByRole('button', { name: 'Pause' }).click();
        const [marble] = await drawn(page, 1);
        expect(marble?.name).to.equal('order_paid');
        const canvas = page.locator('[data-lane="feed:orders"] canvas');
        const x = ((marble?.left ?? 0) + (marble?.right ?? 0)) / 2;
        // The marble is where the model says that it was drawn: in the middle of the lane, and in a color of its own.
        const pixel = `(() => {
          const canvas = document.querySelector('[data-lane="feed:orders"] canvas');
          const row = canvas.getContext('2d').getImageData(${Math.round(x) - 40}, canvas.height / 2 - 6, 40, 1).data;
          return [row.slice(34 * 4, 35 * 4).join(), row.slice(0, 4).join()];
        })()`;
        const [inside, beside] = (await page.evaluate(pixel)) as readonly string[];
        expect(inside).to.not.equal(beside);
        await canvas.click({ position: { x, y: 29 } });
        const mark = page.locator('.mark');
        await mark.waitFor();
        expect(await mark.locator('.payload').textContent())
          .to.contain('<img src=x')
          .and.to.contain('total number12.5');
        expect(await mark.locator('.frame').textContent()).to.contain(`id: ${cursor}\nevent: order_paid\ndata: {`);
        expect(await page.locator('img').count()).to.equal(0);
        expect(new Set(requests.map((request) => new URL(request).origin))).to.deep.equal(new Set([url]));
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    );
  });

  it('shows that payloads are hidden where the app does not allow them', () => {
    const { app, orders } = inspectedApp({ payloads: false });
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await openInspector(page, url);
        await orders.publish(paid('SECRET'));
        await drawn(page, 1);
        await page.getByRole('button', { name: 'orders', exact: true }).click();
        await page.locator('.recent button').first().click();
        await page.getByText('Hidden: the app shows payloads').waitFor();
        expect(await page.content()).to.not.contain('SECRET');
      }),
    );
  });

  it('misses nothing of what was published while it was paused', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await openInspector(page, url);
        await orders.publish(paid('before'));
        await drawn(page, 1);
        await page.keyboard.press('p');
        await page.getByRole('status').getByText('paused', { exact: true }).waitFor();
        for (let n = 0; n < 20; n++) await orders.publish(paid(`during ${n}`));
        expect(await page.evaluate(`${lane}.total`)).to.equal(1);
        await page.getByRole('button', { name: 'Continue' }).click();
        await becomesTrue(page, `${lane}.total === 21`);
        const shown = `${lane}.ticks.flatMap(({ events }) => events.map(({ data }) => JSON.parse(data).order))`;
        expect(await page.evaluate(shown)).to.deep.equal([
          'before',
          ...Array.from({ length: 20 }, (_, n) => `during ${n}`),
        ]);
        expect(await page.locator('.notice').count()).to.equal(0);
        expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    );
  });

  it('cuts a reader, and shows that it has reconnected and resumed', () => {
    const { app, orders } = inspectedApp({ actions: true });
    return listen(app, async (url) => {
      const received: string[] = [];
      await orders.publish(paid('first'));
      const subscription = fromSse(`${url}/orders`, Orders, { backoff: { initialDelay: 10 } }).subscribe((event) =>
        received.push(event.type === 'rxsse.gap' ? 'gap' : event.data.order),
      );
      await withPage(chromium(), async ({ page }) => {
        await openInspector(page, url);
        const row = page.locator('tbody tr');
        await row.getByText('start', { exact: true }).waitFor();
        await row.getByRole('button', { name: /^Cut/ }).click();
        await page.locator('.toast', { hasText: 'the connection is cut' }).waitFor();
        await orders.publish(paid('second'));
        await row.getByText('resumed', { exact: true }).waitFor();
        await becomesTrue(
          page,
          `document.getElementById('app').model.lanes.get('route:/orders').ticks.some(({ others }) => others.some(({ name }) => name === 'disconnected'))`,
        );
        expect(received).to.deep.equal(['first', 'second']);
      });
      subscription.unsubscribe();
    });
  });

  it('publishes a test event from a form, and shows what its codec refuses', () => {
    const { app } = inspectedApp({ actions: true });
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await openInspector(page, url);
        await page.getByRole('button', { name: 'orders', exact: true }).click();
        await page.getByLabel('total (number)').fill('99');
        await page.getByRole('button', { name: 'Publish' }).click();
        await drawn(page, 1);
        await page.locator('.recent button').first().click();
        expect(await page.locator('.mark .payload').textContent()).to.contain('99');
        await page.getByLabel('total (number)').fill('"a lot"');
        await page.getByRole('button', { name: 'Publish' }).click();
        await page.locator('.form-error', { hasText: 'expected number' }).waitFor();
        await page.getByRole('button', { name: 'Restart the source' }).click();
        await page.locator('.toast', { hasText: 'this feed has no source' }).waitFor();
      }),
    );
  });

  it('shows the events of a family of feeds with their keys, and publishes to one of them', () => {
    const rooms = feeds(Orders);
    const family = express().use('/inspect', inspector({ feeds: { rooms }, payloads: true, actions: true }));
    return listen(family, (url) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(`${url}/inspect`);
        await page.getByRole('button', { name: 'rooms', exact: true }).click();
        await page.locator('.facts', { hasText: 'Feeds0' }).waitFor();
        await page.getByLabel('key of the feed').fill('lobby');
        await page.getByRole('button', { name: 'Publish' }).click();
        await page.locator('.recent .key', { hasText: 'lobby' }).click();
        await page.locator('.mark dd', { hasText: 'lobby' }).waitFor();
        await page.locator('.facts', { hasText: 'Shownall' }).waitFor();
        expect(rooms.keys()).to.deep.equal(['lobby']);
      }),
    );
  });

  it('is operated by the keyboard', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        await openInspector(page, url);
        await orders.publish(paid('a'));
        await orders.publish(paid('b'));
        await drawn(page, 2);
        await page.keyboard.press('-');
        await page.locator('.zoom [aria-pressed="true"]', { hasText: '1 min' }).waitFor();
        await page.getByRole('button', { name: 'orders', exact: true }).focus();
        await page.keyboard.press('Enter');
        await page.locator('.recent button').first().focus();
        await page.keyboard.press('Enter');
        await page.locator('.mark .payload', { hasText: '"b"' }).waitFor();
        await page.keyboard.press('ArrowLeft');
        await page.locator('.mark .payload', { hasText: '"a"' }).waitFor();
        await page.keyboard.press('Escape');
        await page.locator('.mark').waitFor({ state: 'detached' });
      }),
    );
  });

  it('stays bounded, and draws bursts with exact counts, at 5,000 events a second for 10 seconds', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withPage(chromium(), async ({ page, complaints }) => {
        await openInspector(page, url);
        const perTurn = 100;
        const total = 50_000;
        await new Promise<void>((resolve) => {
          let sent = 0;
          const timer = setInterval(() => {
            void orders.publish(Array.from({ length: perTurn }, (_, n) => paid(`n${sent + n}`)));
            sent += perTurn;
            if (sent < total) return;
            clearInterval(timer);
            resolve();
          }, 20);
        });
        await becomesTrue(page, `${lane}.total === ${total}`);
        const held = (await page.evaluate(`({ marks: ${lane}.marks, ticks: ${lane}.ticks.length })`)) as {
          readonly marks: number;
          readonly ticks: number;
        };
        expect(held.marks).to.be.within(1, 3000);
        expect(held.ticks).to.be.at.most(3000);
        await page.locator('[data-lane="feed:orders"] em', { hasText: 'sampled' }).waitFor();
        expect(complaints).to.deep.equal([]);
      }),
    );
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, width] of [
      ['a desktop', 1440],
      ['a phone', 390],
    ] as const) {
      it(`has no serious accessibility problem and no sideways scrolling on ${device}, ${colorScheme}`, () => {
        const { app, orders } = inspectedApp({ actions: true });
        return listen(app, async (url) => {
          const reader = await openStream(`${url}/orders`);
          const lost = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': 'nonsense' } });
          await withPage(chromium(), async ({ page, complaints }) => {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.setViewportSize({ width, height: 900 });
            await openInspector(page, url);
            await orders.publish([paid('A-17'), Orders.OrderSent({ order: 'A-17' })]);
            await drawn(page, 2);
            await page.getByRole('button', { name: 'orders', exact: true }).click();
            await page.locator('.recent button').first().click();
            await page.locator('.mark').waitFor();
            await page.locator('tbody tr').nth(1).waitFor();
            await page.screenshot({
              path: join(tmpdir(), `rxsse-inspector-${colorScheme}-${width}.png`),
              fullPage: true,
            });
            await expectAccessible(page);
            expect(complaints).to.deep.equal([]);
          });
          reader.close();
          lost.close();
        });
      });
    }
  }
});
