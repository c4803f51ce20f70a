import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import * as t from 'io-ts';
import { concatMap, delay, from, map, noop, of, Subject } from 'rxjs';
import { conflateBy, type EventOf, events, feed, sse } from 'rxsse';
import { fromSse } from 'rxsse/client';
import { inspector, watch } from 'rxsse/inspector';
import { root } from '../house/repo.ts';
import { withPage } from '../support/chromium.ts';

/** Makes the pictures of the inspector for the docs from a running app. */
const Orders = events({
  OrderPlaced: { order: t.string, lines: t.array(t.type({ sku: t.string, count: t.number })) },
  OrderPaid: { order: t.string, total: t.number, method: t.keyof({ card: null, invoice: null }) },
  OrderShipped: { order: t.string, carrier: t.string },
});
const Prices = events({ Price: { symbol: t.string, price: t.number } });
const symbols = ['ACME', 'INIT', 'HOOL', 'PIED'];

const orders = feed(Orders);
const prices = new Subject<EventOf<typeof Prices>>();
const shown = prices.pipe(
  watch('prices'),
  conflateBy(({ data }) => data.symbol, { interval: 1000 }),
  watch('conflated'),
);
const readOrders = sse({ resume: { from: 'oldest' } }, orders);
const readPrices = sse({ events: Prices }, shown);
const answer = sse({ resume: true }, () =>
  from('Streams are easier to trust when one can see them .'.split(' ')).pipe(
    concatMap((word) => of(word).pipe(delay(350))),
    map((text) => ({ text })),
  ),
);
const labels = ['ada', 'bob', 'carol', 'dan'];
const labelOf = new WeakMap<object, string>();
const app = express();
app.get('/orders', readOrders).get('/prices', readPrices).get('/answer', answer);
app.use(
  '/inspect',
  inspector({
    feeds: { orders },
    routes: { '/orders': readOrders, '/prices': readPrices, '/answer': answer },
    label: (request) => {
      const { socket } = request as unknown as { readonly socket: object };
      const label = labelOf.get(socket) ?? labels[readersLabelled++ % labels.length] ?? '';
      labelOf.set(socket, label);
      return label;
    },
    payloads: true,
    actions: true,
  }),
);
let readersLabelled = 0;

function orderOf(n: number): EventOf<typeof Orders> {
  const order = `A-${Math.floor(n / 3)}`;
  if (n % 3 === 0) return Orders.OrderPlaced({ order, lines: [{ sku: 'tea-100', count: 2 }] });
  return n % 3 === 1
    ? Orders.OrderPaid({ order, total: 12.5, method: 'card' })
    : Orders.OrderShipped({ order, carrier: 'post' });
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const server = createServer(app);
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
let n = 0;
setInterval(() => orders.publish(orderOf(n++)), 700);
setInterval(() => {
  const symbol = symbols[Math.floor(Math.random() * symbols.length)] ?? '';
  prices.next(Prices.Price({ symbol, price: Math.round(Math.random() * 10_000) / 100 }));
}, 60);
const read = (path: string, lastEventId?: string) =>
  fromSse(`${url}${path}`, events({}) as never, {
    backoff: { initialDelay: 50 },
    onError: noop,
    ...(lastEventId === undefined ? {} : { lastEventId }),
  }).subscribe();
read('/orders');
read('/orders', 'lost');
read('/prices');

await withPage(executablePath, async ({ page }) => {
  await page.goto(`${url}/inspect`);
  await page.waitForTimeout(5000);
  read('/answer');
  await page.waitForTimeout(3000);
  await page.getByRole('button', { name: /^Cut/ }).first().click();
  await page.getByRole('button', { name: /^Slow/ }).nth(1).click();
  await orders.publish(Array.from({ length: 120 }, (_, index) => orderOf(index)));
  await page.waitForTimeout(5600);
  await page.getByRole('button', { name: 'orders', exact: true }).click();
  await page.locator('.recent button').nth(1).click();
  await page.locator('.toast').waitFor({ state: 'hidden' });
  await page.keyboard.press('p');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  for (const [name, width, height] of [
    ['inspector', 1440, 1130],
    ['inspector-phone', 390, 1000],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(root, `docs/images/${name}.png`) });
  }
});
process.exit();
