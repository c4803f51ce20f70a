import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type ChatRequest, chatRoutes, streamDurability } from '../../lib/agents/index.ts';
import { aiSdkCases } from '../agents/resuming/aiSdk.ts';
import { load } from '../clients/load.ts';
import { root } from '../house/repo.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { withPage } from '../support/chromium.ts';
import { deferred } from '../support/deferred.ts';
import { type FaultProxy, faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';
import { overFetch } from '../support/overFetch.ts';
import { clientsFolder, requires } from '../support/requires.ts';
import { bundledPage } from './clientPage.ts';

interface TanStack {
  toServerSentEventsResponse(chunks: AsyncIterable<object>, options: object): Response;
  resumeServerSentEventsResponse(options: object): Response;
}

const words = Array.from({ length: 60 }, (_, n) => `word-${n}. `);
const textTo = (count: number) => words.slice(0, count).join('');

/** The `useChat` of the AI SDK with a transport. */
const useChatPage = (transport: string) => `
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
  createRoot(document.body.appendChild(document.createElement('div'))).render(h(Chat));
`;

/** The client of TanStack AI, which stores its messages and the run that is active. */
const tanStackPage = `
  import { ChatClient, fetchServerSentEvents, localStoragePersistence } from '@tanstack/ai-client';

  const [button, section, output] = ['button', 'section', 'output'].map((name) =>
    document.body.appendChild(document.createElement(name)));
  const show = (messages) => section.replaceChildren(
    ...messages.filter(({ role }) => role === 'assistant').map(({ parts }) =>
      Object.assign(document.createElement('p'), { textContent: parts.map(({ content }) => content).join('') })));
  const client = new ChatClient({
    threadId: 't',
    connection: fetchServerSentEvents('/chat', { reconnect: { delayMs: 5, maxAttempts: 100 } }),
    persistence: localStoragePersistence(),
    onMessagesChange: show,
    onStatusChange: (status) => { output.textContent = status; },
  });
  Object.assign(button, { textContent: 'Send', onclick: () => client.sendMessage('Hello?') });
  show(client.getMessages());
  client.attach();
`;

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

async function* deltasOf(model: string, signal: AbortSignal | null): AsyncGenerator<string> {
  const { body } = await fetch(model, { signal });
  for await (const text of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    yield* text.split(/(?<= )/);
  }
}

async function* aiSdkAnswer(deltas: AsyncIterable<string>): AsyncGenerator<object> {
  yield { type: 'start', messageId: 'answer' };
  yield { type: 'text-start', id: 't' };
  for await (const delta of deltas) yield { type: 'text-delta', id: 't', delta };
  yield { type: 'text-end', id: 't' };
  yield { type: 'finish' };
}

async function* tanStackAnswer(deltas: AsyncIterable<string>, runId: string | null): AsyncGenerator<object> {
  yield { type: 'RUN_STARTED', threadId: 't', runId };
  yield { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' };
  for await (const delta of deltas) yield { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta };
  yield { type: 'TEXT_MESSAGE_END', messageId: 'm' };
  yield { type: 'RUN_FINISHED', threadId: 't', runId };
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

describe('a chat in Chromium', function () {
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

  const withUseChat = (transport: string, use: (opened: Opened) => Promise<void>): Promise<void> =>
    withTabs(useChatPage(transport), aiSdkRoutes, use);

  const aiSdkRoutes = (model: string): RequestListener =>
    chatRoutes({ log }, ({ signal }: ChatRequest<unknown, object>) =>
      aiSdkAnswer(deltasOf(model, signal)),
    ) as RequestListener;

  async function withTabs(
    script: string,
    routesOf: (model: string) => RequestListener,
    use: (opened: Opened) => Promise<void>,
  ): Promise<void> {
    const html = await bundledPage({ contents: script, resolveDir: clientsFolder, loader: 'js' });
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
    it(`shows the whole answer, once, in two tabs, after a reload and a cut, by useChat with ${transport}`, () =>
      withUseChat(transport, async ({ model, proxy, tabs, positions }) => {
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

    it(`aborts the request to the model by the stop button of a second tab, by useChat with ${transport}`, () =>
      withUseChat(transport, async ({ model, tabs }) => {
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

  it('shows the whole answer, once, in two tabs, after a reload and a cut, by the client of TanStack AI', async () => {
    const { toServerSentEventsResponse, resumeServerSentEventsResponse } = await load<TanStack>('@tanstack/ai');
    const durability = streamDurability({ log });
    const routesOf = (model: string): RequestListener =>
      overFetch(async (request) => {
        const adapter = durability<object>(request);
        if (request.method === 'GET') return resumeServerSentEventsResponse({ adapter });
        const answer = tanStackAnswer(deltasOf(model, null), request.headers.get('x-run-id'));
        return toServerSentEventsResponse(answer, { durability: { adapter, batch: 1 } });
      });
    await withTabs(tanStackPage, routesOf, async ({ model, proxy, tabs, positions }) => {
      await tabs[0].reload();
      await shows(tabs[0], 20);
      proxy.breakAll();
      model.toTheCut.resolve();
      for (const tab of tabs) await shows(tab, 40);
      model.toTheEnd.resolve();
      for (const tab of tabs) {
        await shows(tab, 60);
        await hasStatus(tab, 'ready');
        expect(await answersOf(tab)).to.deep.equal([textTo(60)]);
      }
      expect(positions).to.have.length.of.at.least(2);
    });
  });
});
