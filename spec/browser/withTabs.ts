import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { withPage } from '../support/chromium.ts';
import { deferred } from '../support/deferred.ts';
import { type FaultProxy, faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';
import { clientsFolder } from '../support/requires.ts';
import { bundledPage } from './clientPage.ts';

const words = Array.from({ length: 60 }, (_, n) => `word-${n}. `);

/** Returns the first words of the answer, which has 60. */
export const textTo = (count: number) => words.slice(0, count).join('');

/** The model: a server that sends the words, up to the 20th, the 40th and the end when it may. */
class Model {
  readonly toTheCut = deferred<void>();
  readonly toTheEnd = deferred<void>();
  /** Resolves when a request is aborted. */
  readonly aborted = deferred<void>();
  requests = 0;

  readonly serve: RequestListener = async (_, response) => {
    this.requests++;
    response.on('close', () => response.writableFinished || this.aborted.resolve());
    response.write(textTo(20));
    await this.toTheCut.promise;
    response.write(words.slice(20, 40).join(''));
    await this.toTheEnd.promise;
    response.end(words.slice(40).join(''));
  };
}

/** Sends a request to the model, and returns its words. */
export async function* deltasOf(model: string, signal: AbortSignal | null): AsyncGenerator<string> {
  const { body } = await fetch(model, { signal });
  for await (const text of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    yield* text.split(/(?<= )/);
  }
}

export const shows = (page: Page, count: number) => page.getByText(`word-${count - 1}.`).waitFor();
export const hasStatus = (page: Page, status: string) => page.locator('output', { hasText: status }).waitFor();
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
export const answersOf = (page: Page) => page.locator('p').allTextContents();

export interface OpenedTabs {
  readonly model: Model;
  readonly proxy: FaultProxy;
  /** Two tabs at the page, of which the first has sent a message, and both show the first words of its answer. */
  readonly tabs: readonly [Page, Page];
  /** The positions that readers have sent. */
  readonly positions: readonly string[];
}

/** Cuts the connections of the tabs, and reloads each when its client shows the error. */
export async function cutAndReload({ proxy, tabs }: OpenedTabs): Promise<void> {
  proxy.breakAll();
  for (const tab of tabs) {
    await hasStatus(tab, 'error');
    await tab.reload();
  }
}

/** Lets the model send the rest of its answer, and expects that each tab shows the whole one, once. */
export async function expectWholeAnswer({ model, tabs }: OpenedTabs): Promise<void> {
  model.toTheCut.resolve();
  for (const tab of tabs) await shows(tab, 40);
  model.toTheEnd.resolve();
  for (const tab of tabs) {
    await hasStatus(tab, 'ready');
    expect(await answersOf(tab)).to.deep.equal([textTo(60)]);
  }
}

interface Chat {
  /** The path of Chromium. */
  readonly chromium: string;
  /** The script of the page: a button `Send`, a `p` for each answer, and an `output` with the status. */
  readonly script: string;
  /** The folder of the packages that the script imports. @default that of the clients */
  readonly folder?: string;
  /** Returns what serves all paths but `/`, with answers of a model at this URL. */
  routesOf(model: string): RequestListener;
}

/** Opens two tabs at the page of a chat while the callback runs, and expects that the model was called once. */
export async function withTabs(
  { chromium, script, folder = clientsFolder, routesOf }: Chat,
  use: (opened: OpenedTabs) => Promise<void>,
): Promise<void> {
  const html = await bundledPage({ contents: script, resolveDir: folder, loader: 'js' });
  const model = new Model();
  const positions: string[] = [];
  await listen(model.serve, (upstream) => {
    const routes = routesOf(upstream);
    const app: RequestListener = (request, response) => {
      if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(html);
      const position = request.headers['last-event-id'];
      if (position !== undefined) positions.push(String(position));
      routes(request, response);
    };
    const inTabs = (proxy: FaultProxy): Promise<void> =>
      withPage(chromium, async ({ browser }) => {
        const context = await browser.newContext();
        const tabs = [await context.newPage(), await context.newPage()] as const;
        const [first, second] = tabs;
        await first.goto(proxy.url);
        await press(first, 'Send');
        await shows(first, 20);
        await second.goto(proxy.url);
        await shows(second, 20);
        await use({ model, proxy, tabs, positions });
        expect(model.requests).to.equal(1);
      });
    return listen(app, (target) => faultProxy(target, () => ({}), inTabs));
  });
}
