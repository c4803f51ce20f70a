import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import express from 'express';
import { type Feed, feed, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { type DevtoolsTab, withDevtools } from '../support/devtools.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { clientPage } from './clientPage.ts';

/** Reads the ticks together with all other tabs, and records what arrives and the tab's own connections. */
const sharingPage = `
  const seen = [], states = [], own = new Set();
  const countingFetch = (request, init) => {
    own.add(init.signal);
    init.signal.addEventListener('abort', () => own.delete(init.signal));
    return fetch(request, init);
  };
  fromSse('/ticks', Ticks, {
    fetch: countingFetch,
    share: tabs({ key: 'user' }),
    backoff: { initialDelay: 100, maxDelay: 100 },
    statusObserver: { next: ({ state }) => states.push(state) },
  }).subscribe({ next: ({ type, data }) => seen.push(type === 'tick' ? data : type), error: (e) => seen.push(String(e)) });
  Object.assign(globalThis, { seen, states, own });
`;

/** Serves a page, and ticks to it; `connections` are those that are open. */
async function served(script: string) {
  const ticks = feed(Ticks);
  const html = await clientPage(script);
  expect(html).to.include('"/ticks"');
  const connections = new Set<unknown>();
  const app = express();
  app.get('/', (_, response) => {
    response.send(html);
  });
  app.get('/deep/page', (_, response) => {
    response.send(html.replace('<link', '<base href="/"><link').replace('"/ticks"', '"ticks"'));
  });
  app.get('/now', (_, response) => {
    response.json({ now: true });
  });
  app.get('/ticks', (_request, response, next) => {
    connections.add(response);
    response.once('close', () => connections.delete(response));
    next();
  });
  app.get('/ticks', sse({ retry: 50 }, ticks));
  return { ticks, app, connections };
}

const seenIn = (tab: DevtoolsTab) => tab.evaluate('seen') as Promise<readonly unknown[]>;

/** Returns the tab that has the connection, when it is the only one that has one. */
async function leaderOf(tabs: readonly DevtoolsTab[]): Promise<DevtoolsTab> {
  for (;;) {
    const leading: DevtoolsTab[] = [];
    for (const tab of tabs) if ((await tab.evaluate('own.size')) !== 0) leading.push(tab);
    if (leading.length === 1 && leading[0] !== undefined) return leading[0];
  }
}

/** Publishes a tick every few milliseconds until it is stopped; returns the number of the last one. */
function publishing(ticks: Feed<typeof Ticks>) {
  let last = 0;
  const timer = setInterval(() => void publish(ticks, ++last), 7);
  return () => {
    clearInterval(timer);
    return last;
  };
}

function expectNoHoles(seen: readonly unknown[], last: number): void {
  const first = seen[0] as number;
  expect(seen).to.deep.equal(Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

describe('tabs that share a connection in Chromium', function () {
  this.timeout(280_000);
  const chromium = requires('chromium');

  it('hold one connection for 20 tabs over HTTP/1.1, and another fetch is answered at once', async () => {
    const { ticks, app, connections } = await served(sharingPage);
    await listen(app, (url) =>
      withDevtools(chromium(), async (browser) => {
        const tabs: DevtoolsTab[] = [];
        // One of them has the same URL relative to another one.
        for (let n = 0; n < 20; n++) tabs.push(await browser.open(n === 9 ? `${url}/deep/page` : url));
        for (const tab of tabs) await tab.until("states.at(-1) === 'open'");
        await leaderOf(tabs);
        // The server may not have noticed yet that the last tab has ended the request by which it joined.
        while (connections.size !== 1) await setTimeout(10);
        for (const tab of tabs) {
          expect(await tab.evaluate("fetch('/now').then((response) => response.json())")).to.deep.equal({ now: true });
        }
        await publish(ticks, 1, 2, 3);
        for (const tab of tabs) {
          await tab.until('seen.length === 3');
          expect(await seenIn(tab)).to.deep.equal([1, 2, 3]);
        }
        expect(connections.size).to.equal(1);
      }),
    );
  });

  it('lose nothing and repeat nothing while the leader is closed, frozen and killed 50 times', async () => {
    const { ticks, app, connections } = await served(sharingPage);
    await listen(app, (url) =>
      withDevtools(chromium(), async (browser) => {
        const tabs = new Set<DevtoolsTab>();
        const open = async () => {
          const tab = await browser.open(url);
          await tab.until("states.includes('open')");
          tabs.add(tab);
        };
        const setState = (tab: DevtoolsTab, state: string) => tab.send('Page.setWebLifecycleState', { state });
        const end: Record<string, (leader: DevtoolsTab) => Promise<unknown>> = {
          closed: ({ targetId }) => browser.send('Target.closeTarget', { targetId }),
          frozen: async (leader) => {
            // Only a hidden page is frozen.
            for (const tab of tabs) if (tab !== leader) await tab.send('Page.bringToFront');
            await setState(leader, 'frozen');
          },
          killed: async (leader) => {
            // Never answered.
            leader.send('Page.crash');
            await leader.crashed;
            await browser.send('Target.closeTarget', { targetId: leader.targetId });
          },
        };
        for (let n = 0; n < 5; n++) await open();
        const stop = publishing(ticks);
        let frozen: DevtoolsTab | undefined;
        for (let round = 0; round < 50; round++) {
          const leader = await leaderOf([...tabs]);
          const seen = await seenIn(leader);
          expectNoHoles(seen, seen.at(-1) as number);
          const how = ['closed', 'frozen', 'killed'][round % 3] as string;
          await end[how]?.(leader);
          tabs.delete(leader);
          if (how === 'frozen') {
            if (frozen !== undefined) tabs.add(frozen);
            if (frozen !== undefined) await setState(frozen, 'active');
            frozen = leader;
          }
          if (tabs.size < 5) await open();
        }
        if (frozen !== undefined) await setState(frozen, 'active');
        if (frozen !== undefined) tabs.add(frozen);
        const last = stop();
        for (const tab of tabs) {
          await tab.until(`seen.at(-1) === ${last}`);
          expectNoHoles(await seenIn(tab), last);
        }
        await leaderOf([...tabs]);
        // A tab that was frozen ends its own connection when it has caught up with the leader.
        while (connections.size !== 1) await setTimeout(10);
      }),
    );
  });
});
