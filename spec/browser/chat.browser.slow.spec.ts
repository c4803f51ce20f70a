import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { type ChatRequest, chatRoutes } from '../../lib/agents/index.ts';
import { aiSdkCases } from '../agents/resuming/aiSdk.ts';
import { root } from '../house/repo.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { withPage } from '../support/chromium.ts';
import { deferred } from '../support/deferred.ts';
import { type FaultProxy, faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';
import { clientsFolder, requires } from '../support/requires.ts';

const words = Array.from({ length: 60 }, (_, n) => `word-${n}. `);
const textTo = (count: number) => words.slice(0, count).join('');

/** Returns a page with the `useChat` of the AI SDK and a transport, bundled for the browser. */
async function chatPage(transport: string): Promise<string> {
  const contents = `
    import { useChat } from '@ai-sdk/react';
    import { DefaultChatTransport } from 'ai';
    import { createElement as h } from 'react';
    import { createRoot } from 'react-dom/client';
    import { ResumingChatTransport } from ${JSON.stringify(join(root, 'lib/agents/index.ts'))};

    const transport = ${transport};
    const stop = () => transport.stop ? transport.stop('c') : fetch('/api/chat/c/stream', { method: 'DELETE' });
    function Chat() {
      const { messages, sendMessage, status, error } = useChat({ id: 'c', transport, resume: true });
      const answers = messages.filter(({ role }) => role === 'assistant');
      return h('main', null,
        h('button', { onClick: () => sendMessage({ text: 'Hello?' }) }, 'Send'),
        h('button', { onClick: stop }, 'Stop'),
        answers.map(({ id, parts }) => h('p', { key: id }, parts.map(({ text }) => text).join(''))),
        h('output', null, error === undefined ? status : 'error'),
      );
    }
    createRoot(document.getElementById('root')).render(h(Chat));
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: clientsFolder, loader: 'js' },
    absWorkingDir: root,
    platform: 'browser',
    format: 'iife',
    bundle: true,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    logLevel: 'silent',
  });
  const script = outputFiles
    .map((file) => file.text)
    .join('')
    .replaceAll('</script', '<\\/script');
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="root"></div><script>${script}</script>`;
}

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

async function* answerFrom(model: string, signal: AbortSignal): AsyncGenerator<object> {
  const { body } = await fetch(model, { signal });
  yield { type: 'start', messageId: 'answer' };
  yield { type: 'text-start', id: 't' };
  for await (const text of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    for (const delta of text.split(/(?<= )/)) yield { type: 'text-delta', id: 't', delta };
  }
  yield { type: 'text-end', id: 't' };
  yield { type: 'finish' };
}

const shows = (page: Page, count: number) => page.getByText(`word-${count - 1}.`).waitFor();
const hasStatus = (page: Page, status: string) => page.locator('output', { hasText: status }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();
const answersOf = (page: Page) => page.locator('p').allTextContents();

const transports = [
  { transport: 'new DefaultChatTransport({})', survivesCuts: false, remembers: false },
  { transport: 'new ResumingChatTransport()', survivesCuts: true, remembers: false },
  { transport: 'new ResumingChatTransport({ storage: sessionStorage })', survivesCuts: true, remembers: true },
];

describe('useChat in Chromium', function () {
  this.timeout(60_000);
  requires('clients');
  const chromium = requires('chromium');
  const folder = freshFolder();
  const log = (name: string) => folder.open({ name });

  interface Opened {
    readonly model: Model;
    readonly proxy: FaultProxy;
    /** Two tabs at the page, of which the first has sent a message, and both show the first words of its answer. */
    readonly tabs: readonly [Page, Page];
    /** The positions that readers have sent. */
    readonly positions: readonly string[];
  }

  async function withTabs(transport: string, use: (opened: Opened) => Promise<void>): Promise<void> {
    const html = await chatPage(transport);
    const model = new Model();
    const positions: string[] = [];
    await listen(model.serve, (upstream) => {
      const chats = chatRoutes({ log }, ({ signal }: ChatRequest<unknown, object>) => answerFrom(upstream, signal));
      const app: RequestListener = (request, response) => {
        if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(html);
        const position = request.headers['last-event-id'];
        if (position !== undefined) positions.push(String(position));
        (chats as RequestListener)(request, response);
      };
      return listen(app, (target) =>
        faultProxy(
          target,
          () => ({}),
          (proxy) =>
            withPage(chromium(), async ({ browser }) => {
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
            }),
        ),
      );
    });
  }

  for (const { transport, survivesCuts, remembers } of transports) {
    it(`shows the whole answer, once, in two tabs, after a reload and a cut, with ${transport}`, () =>
      withTabs(transport, async ({ model, proxy, tabs, positions }) => {
        await tabs[0].reload();
        await shows(tabs[0], 20);
        expect(positions).to.have.length(remembers ? 1 : 0);

        proxy.breakAll();
        if (!survivesCuts) {
          for (const tab of tabs) {
            await hasStatus(tab, 'error');
            await tab.reload();
          }
        }
        model.toTheCut.resolve();
        for (const tab of tabs) await shows(tab, 40);
        model.toTheEnd.resolve();
        for (const tab of tabs) {
          await hasStatus(tab, 'ready');
          expect(await answersOf(tab)).to.deep.equal([textTo(60)]);
        }
        expect(await aiSdkCases[0]?.stored(log)).to.equal(textTo(60));
        if (survivesCuts) expect(positions).to.have.length.of.at.least(2);
      }));

    it(`aborts the request to the model by the stop button of a second tab, with ${transport}`, () =>
      withTabs(transport, async ({ model, tabs }) => {
        await press(tabs[1], 'Stop');
        await model.aborted.promise;
        for (const tab of tabs) {
          await hasStatus(tab, 'ready');
          expect(await answersOf(tab)).to.deep.equal([textTo(20)]);
        }
        const resumed = tabs[0].waitForResponse(/stream$/);
        await tabs[0].reload();
        expect((await resumed).status()).to.equal(204);
      }));
  }
});
