import { expect } from 'chai';
import express, { type Response } from 'express';
import { type Feed, feed, memoryLog, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { type DevtoolsTab, withDevtools } from '../support/devtools.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { clientPage } from './clientPage.ts';

/**
 * Reads the ticks from the position of the tab, and records what arrives and each status. A wait after a second failure is
 * a random time of up to 24 days, so that it is minutes long but once in 35,000 runs.
 */
const readingPage = (options = '') => `
  const seen = [], states = [], shown = [];
  addEventListener('pageshow', ({ persisted }) => shown.push(persisted));
  fromSse('/ticks', Ticks, {
    backoff: { initialDelay: 2 ** 31 - 1, maxDelay: 2 ** 31 - 1 },
    lastEventId: () => sessionStorage.getItem('cursor'),
    cursorObserver: { next: (cursor) => sessionStorage.setItem('cursor', cursor) },
    statusObserver: { next: (status) => states.push(status) },
    ${options}
  }).subscribe(({ type, data }) => seen.push(type === 'tick' ? data : type));
  Object.assign(globalThis, { seen, states, shown });
`;

interface ReadingTab {
  readonly tab: DevtoolsTab;
  readonly ticks: Feed<typeof Ticks>;
  readonly connections: ReadonlySet<Response>;
  readonly url: string;
  /** Closes all connections of the server. */
  cut(): void;
  /** Loses all that is sent over the connections that there are, without a notice to their ends. */
  lose(): void;
  /** Shows another tab in front of this one. */
  hide(): Promise<unknown>;
  show(): Promise<unknown>;
  setState(state: 'frozen' | 'active'): Promise<unknown>;
  /** Resolves when the page has got these ticks, and nothing else. */
  expectSeen(...numbers: readonly unknown[]): Promise<void>;
  /** Returns the states of the client so far. */
  states(): Promise<unknown>;
}

/** Opens a page that reads ticks, in a browser with a second tab. */
async function reading(
  chromium: string,
  { script = readingPage(), heartbeat = 15_000 },
  use: (reading: ReadingTab) => Promise<void>,
): Promise<void> {
  const ticks = feed(Ticks, { log: memoryLog({ maxEntries: 20 }) });
  const html = await clientPage(script);
  const connections = new Set<Response>();
  const app = express();
  app.get('/', (_, response) => void response.send(html));
  app.get('/elsewhere', (_, response) => void response.send('<!doctype html><link rel="icon" href="data:,">elsewhere'));
  app.get('/ticks', (_request, response, next) => {
    connections.add(response);
    response.once('close', () => connections.delete(response));
    next();
  });
  app.get('/ticks', sse({ retry: 50, heartbeat }, ticks));
  await listen(app, (url, server) =>
    withDevtools(chromium, async (browser) => {
      const other = await browser.open(`${url}/elsewhere`);
      const tab = await browser.open(url);
      await tab.until("states.at(-1)?.state === 'open'");
      await use({
        tab,
        ticks,
        connections,
        url,
        cut: () => server.closeAllConnections(),
        lose: () => {
          for (const { socket } of connections) if (socket !== null) socket.write = () => true;
        },
        hide: async () => {
          await other.send('Page.bringToFront');
          await tab.until('document.hidden');
        },
        show: () => tab.send('Page.bringToFront'),
        setState: (state) => tab.send('Page.setWebLifecycleState', { state }),
        expectSeen: async (...numbers) => {
          await tab.until(`seen.length >= ${numbers.length}`);
          expect(await tab.evaluate('seen')).to.deep.equal(numbers);
        },
        states: () => tab.evaluate('states.map(({ state }) => state)'),
      });
    }),
  );
}

/** Resolves when the page waits for minutes. */
const waitsLong = ({ tab }: ReadingTab) =>
  tab.until("states.at(-1).state === 'retrying' && states.at(-1).delay > 60_000");

describe('a stream during the life of a page in Chromium', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');
  const inTab = (options: Parameters<typeof reading>[1], use: (reading: ReadingTab) => Promise<void>) =>
    reading(chromium(), options, use);

  describe('that is offline', () => {
    it('continues when it is online again, and not after its wait of minutes', () =>
      inTab({}, async (page) => {
        const { tab, ticks, cut, expectSeen } = page;
        await publish(ticks, 1);
        await expectSeen(1);
        const setOffline = (offline: boolean) =>
          tab.send('Network.emulateNetworkConditions', {
            offline,
            latency: 0,
            downloadThroughput: -1,
            uploadThroughput: -1,
          });
        await tab.send('Network.enable');
        await setOffline(true);
        cut();
        await waitsLong(page);
        await publish(ticks, 2, 3);
        await setOffline(false);
        await expectSeen(1, 2, 3);
      }));
  });

  describe('that is hidden', () => {
    it('receives events, and resumes after a lost connection', () =>
      inTab({}, async ({ ticks, hide, cut, expectSeen }) => {
        await hide();
        await publish(ticks, 1);
        await expectSeen(1);
        cut();
        await publish(ticks, 2);
        await expectSeen(1, 2);
      }));

    it('ends a wait of minutes when it is shown', () =>
      inTab({}, async (page) => {
        const { tab, ticks, hide, show, cut, expectSeen } = page;
        await hide();
        await tab.evaluate(
          "globalThis.realFetch = fetch; fetch = () => Promise.reject(new TypeError('unreachable')); undefined",
        );
        cut();
        await waitsLong(page);
        await tab.evaluate('fetch = realFetch; undefined');
        await publish(ticks, 1);
        await show();
        await expectSeen(1);
      }));
  });

  describe('that is frozen', () => {
    it('connects again when it is active, since Chromium may deliver nothing more of a response that went on meanwhile', () =>
      inTab({ heartbeat: 50 }, async ({ ticks, connections, hide, show, setState, expectSeen, states }) => {
        await publish(ticks, 1);
        await expectSeen(1);
        await hide();
        await setState('frozen');
        const [{ socket } = { socket: null }] = connections;
        const sent = socket?.bytesWritten ?? Number.NaN;
        while (!((socket?.bytesWritten ?? 0) > sent + 30)) await new Promise((resolve) => setImmediate(resolve));
        await publish(ticks, 2, 3);
        await setState('active');
        await show();
        await expectSeen(1, 2, 3);
        expect(await states()).to.deep.equal(['connecting', 'open', 'connecting', 'open']);
        await publish(ticks, 4);
        await expectSeen(1, 2, 3, 4);
      }));

    it('resumes when the connection was closed meanwhile', () =>
      inTab({}, async ({ ticks, hide, show, setState, cut, expectSeen }) => {
        await publish(ticks, 1);
        await expectSeen(1);
        await hide();
        await setState('frozen');
        cut();
        await publish(ticks, 2, 3);
        await setState('active');
        await show();
        await expectSeen(1, 2, 3);
      }));

    it('reports a gap when the log no longer has what was sent meanwhile', () =>
      inTab({}, async ({ ticks, hide, show, setState, cut, expectSeen }) => {
        await publish(ticks, 1);
        await expectSeen(1);
        await hide();
        await setState('frozen');
        cut();
        for (let n = 2; n <= 50; n++) await publish(ticks, n);
        await setState('active');
        await show();
        const retained = Array.from({ length: 20 }, (_, index) => 31 + index);
        await expectSeen(1, 'rxsse.gap', ...retained);
      }));
  });

  describe('in the cache for back and forward', () => {
    const leave = async ({ tab, url }: ReadingTab) => {
      await tab.send('Page.navigate', { url: `${url}/elsewhere` });
      await tab.until("location.pathname === '/elsewhere' && document.readyState === 'complete'");
    };
    const goBack = async ({ tab }: ReadingTab) => {
      await tab.evaluate('history.back()');
      await tab.until('globalThis.seen !== undefined');
    };

    it('is restored, and connects again', () =>
      inTab({}, async (page) => {
        const { tab, ticks, expectSeen, states } = page;
        await publish(ticks, 1);
        await expectSeen(1);
        await leave(page);
        await publish(ticks, 2, 3);
        await goBack(page);
        await expectSeen(1, 2, 3);
        expect(await tab.evaluate('shown')).to.deep.equal([false, true]);
        expect(await states()).to.deep.equal(['connecting', 'open', 'connecting', 'open']);
      }));

    it('takes a page that shares its connection with other tabs', () =>
      inTab({ script: readingPage('share: tabs(),') }, async (page) => {
        const { tab, ticks, expectSeen } = page;
        await publish(ticks, 1);
        await expectSeen(1);
        await leave(page);
        await publish(ticks, 2, 3);
        await goBack(page);
        await expectSeen(1, 2, 3);
        expect(await tab.evaluate('shown')).to.deep.equal([false, true]);
      }));

    it('resumes when the connection was closed meanwhile', () =>
      inTab({}, async (page) => {
        const { tab, ticks, cut, expectSeen } = page;
        await publish(ticks, 1);
        await expectSeen(1);
        await leave(page);
        cut();
        await publish(ticks, 2, 3);
        await goBack(page);
        await expectSeen(1, 2, 3);
        expect(await tab.evaluate('shown')).to.deep.equal([false, true]);
      }));
  });

  describe('asleep', () => {
    it('notices a connection that died without a notice, and resumes', () =>
      inTab({ heartbeat: 500 }, async ({ tab, ticks, lose, expectSeen }) => {
        await publish(ticks, 1);
        await expectSeen(1);
        lose();
        await publish(ticks, 2, 3);
        await tab.until("states.at(-1).state === 'open' && states.length > 2");
        await expectSeen(1, 2, 3);
        expect(await tab.evaluate('states[2].error.reason')).to.equal('silent');
      }));
  });

  describe('that is discarded', () => {
    it('continues from the stored position when it is loaded again', () =>
      inTab({}, async ({ tab, ticks, connections, expectSeen }) => {
        await publish(ticks, 1);
        await expectSeen(1);
        void tab.send('Page.crash');
        await tab.crashed;
        while (connections.size > 0) await new Promise((resolve) => setImmediate(resolve));
        await publish(ticks, 2, 3);
        await tab.send('Page.reload');
        await expectSeen(2, 3);
      }));
  });
});
