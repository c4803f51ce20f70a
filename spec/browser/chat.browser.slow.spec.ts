import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ChatRequest, chatRoutes, streamDurability } from '../../lib/agents/index.ts';
import { aiSdkCases } from '../agents/resuming/aiSdk.ts';
import { load } from '../clients/load.ts';
import { root } from '../house/repo.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { overFetch } from '../support/overFetch.ts';
import { requires } from '../support/requires.ts';
import {
  answersOf,
  cutAndReload,
  deltasOf,
  expectWholeAnswer,
  hasStatus,
  type OpenedTabs,
  press,
  shows,
  textTo,
  withTabs,
} from './withTabs.ts';

interface TanStack {
  toServerSentEventsResponse(chunks: AsyncIterable<object>, options: object): Response;
  resumeServerSentEventsResponse(options: object): Response;
}

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

  const withUseChat = (transport: string, use: (opened: OpenedTabs) => Promise<void>): Promise<void> =>
    withTabs({ chromium: chromium(), script: useChatPage(transport), routesOf: aiSdkRoutes }, use);

  const aiSdkRoutes = (model: string): RequestListener =>
    chatRoutes({ log }, ({ signal }: ChatRequest<unknown, object>) =>
      aiSdkAnswer(deltasOf(model, signal)),
    ) as RequestListener;

  for (const { transport, survivesCuts, remembers } of transports) {
    it(`shows the whole answer, once, in two tabs, after a reload and a cut, by useChat with ${transport}`, () =>
      withUseChat(transport, async (opened) => {
        const { proxy, tabs, positions } = opened;
        await tabs[0].reload();
        await shows(tabs[0], 20);
        expect(positions).to.have.length(remembers ? 1 : 0);

        if (survivesCuts) proxy.breakAll();
        else await cutAndReload(opened);
        await expectWholeAnswer(opened);
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
    await withTabs({ chromium: chromium(), script: tanStackPage, routesOf }, async (opened) => {
      await opened.tabs[0].reload();
      await shows(opened.tabs[0], 20);
      opened.proxy.breakAll();
      await expectWholeAnswer(opened);
      expect(opened.positions).to.have.length.of.at.least(2);
    });
  });
});
