import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as t from 'io-ts';
import { chromium } from 'playwright-core';
import { events, feed } from 'rxsse';
import { inspector as inspectorOf } from 'rxsse/inspector';
import type { Option } from '../Scenario.ts';
import { type Budget, type Entry, type Figures, type Row, ratio } from './Row.ts';
import { throughput } from './throughput.ts';

const without = 'without an inspector';
const unseen = 'mounted, no page open';
const seen = 'a page open';
const page = 'the page in Chromium, 5,000 events a second';

function entry(label: string, options: readonly Option[]): Entry {
  return { label, scenario: { peer: 'rxsse', readers: 100, options }, measure: throughput(1) };
}

const Ticks = events({ Tick: { n: t.number, text: t.string } });

/** Publishes 5,000 events a second while the page is open, and counts the frames that it draws. */
async function drawn({ quick }: Budget): Promise<Figures> {
  const ticks = feed(Ticks);
  const handler = inspectorOf({ feeds: { ticks }, payloads: true });
  const server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const opened = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await opened.goto(`http://127.0.0.1:${port}/inspect`);
    await opened.locator('[data-lane="feed:ticks"]').waitFor();
    const seconds = quick ? 2 : 10;
    let n = 0;
    const timer = setInterval(() => {
      const batch = Array.from({ length: 50 }, () => Ticks.Tick({ n: n++, text: 'a text of some length' }));
      ticks.publish(batch);
    }, 10);
    const measured = (await opened.evaluate(`new Promise((resolve) => {
      const startedAt = performance.now();
      let last = startedAt;
      let frames = 0;
      let longest = 0;
      const heap = () => performance.memory.usedJSHeapSize;
      const before = heap();
      const count = (now) => {
        frames++;
        longest = Math.max(longest, now - last);
        last = now;
        const elapsed = now - startedAt;
        if (elapsed < ${seconds * 1000}) requestAnimationFrame(count);
        else resolve({ frames: frames / elapsed * 1000, longest, heap: (heap() - before) / 2 ** 20 });
      };
      requestAnimationFrame(count);
    })`)) as { readonly frames: number; readonly longest: number; readonly heap: number };
    clearInterval(timer);
    return { ...measured, published: n / seconds };
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
}

export const inspector: Row = {
  name: 'inspector',
  title: 'What an inspector costs',
  how: '100 readers of a feed, one event a turn, flat out. The page that is open is read by a process of its own. Then the page in Chromium, on the same machine as its server and without a graphics card.',
  entries: [
    entry(without, []),
    entry(unseen, ['inspector']),
    entry(seen, ['inspected']),
    { label: page, alone: async (budget) => ({ figures: await drawn(budget) }), slow: true },
  ],
  columns: {
    rate: 'deliveries/s',
    cost: 'µs a delivery',
    published: 'events/s',
    frames: 'frames/s',
    longest: 'longest frame, ms',
    heap: 'MB of heap more',
  },
  goals: [
    {
      what: 'no page open, a delivery',
      unit: 'x',
      value: (look) => ratio(look, 'cost', unseen, without),
      least: 1.01,
      more: false,
    },
    { what: 'a page open, a delivery', unit: 'x', value: (look) => ratio(look, 'cost', seen, without), more: false },
    { what: 'frames a second', unit: '', value: (look) => look(page, 'frames'), least: 50, more: true },
  ],
};
