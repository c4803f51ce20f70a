import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { resumableStreamStore } from '../../lib/agents/index.ts';
import { load } from '../clients/load.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { overFetch } from '../support/overFetch.ts';
import { requires } from '../support/requires.ts';
import {
  answersOf,
  cutAndReload,
  deltasOf,
  expectWholeAnswer,
  hasStatus,
  press,
  shows,
  textTo,
  withTabs,
} from './withTabs.ts';

type Bytes = ReadableStream<Uint8Array>;

interface Resumable {
  readonly RESUMABLE_STREAM_ID_HEADER: string;
  createResumableStreamContext(options: object): {
    run(streamId: string, makeStream: () => Bytes): Promise<Bytes>;
    resume(streamId: string): Promise<Bytes | null>;
    status(streamId: string): Promise<string>;
  };
}

interface AiSdk {
  readonly JsonToSseTransformStream: new () => TransformStream<object, string>;
}

/** The runtime of assistant-ui for the AI SDK, whose transport stores the id of a stream until the stream has finished. */
const script = `
  import { AssistantRuntimeProvider, MessagePartPrimitive, MessagePrimitive, ThreadPrimitive, useAuiState } from '@assistant-ui/react';
  import { AssistantChatTransport, createResumableSessionStorage, useChatRuntime } from '@assistant-ui/react-ai-sdk';
  import { createElement as h } from 'react';
  import { createRoot } from 'react-dom/client';

  const storage = createResumableSessionStorage();
  const resumeApi = (streamId) => '/api/chat/resume/' + streamId;
  const transport = new AssistantChatTransport({ api: '/api/chat', resumable: { storage, resumeApi } });
  const stop = () => fetch(resumeApi(storage.getStreamId()), { method: 'DELETE' });
  const Text = () => h('p', null, h(MessagePartPrimitive.Text, { smooth: false }));
  const Message = ({ message: { role } }) => role === 'assistant' && h(MessagePrimitive.Parts, { components: { Text } });
  function Status() {
    return h('output', null, useAuiState(({ thread: { isRunning, messages } }) =>
      isRunning ? 'running' : messages.at(-1)?.status?.reason === 'error' ? 'error' : 'ready'));
  }
  function Chat() {
    return h(AssistantRuntimeProvider, { runtime: useChatRuntime({ transport }) },
      h(ThreadPrimitive.Suggestion, { prompt: 'Hello?', send: true }, 'Send'),
      h('button', { onClick: stop }, 'Stop'),
      h(ThreadPrimitive.Messages, null, (value) => h(Message, value)),
      h(Status),
    );
  }
  createRoot(document.body.appendChild(document.createElement('div'))).render(h(Chat));

  // Another tab follows the stream that its server names.
  fetch('/active').then((response) => response.text()).then((streamId) => {
    if (streamId !== '' && storage.getStreamId() === null) storage.setStreamId(streamId);
  });
`;

async function* answerOf(deltas: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<object> {
  yield { type: 'start', messageId: 'answer' };
  yield { type: 'text-start', id: 't' };
  try {
    for await (const delta of deltas) yield { type: 'text-delta', id: 't', delta };
  } catch (error) {
    if (!signal.aborted) throw error;
    // So does streamText.
    return yield { type: 'abort' };
  }
  yield { type: 'text-end', id: 't' };
  yield { type: 'finish' };
}

describe('assistant-ui in Chromium', function () {
  this.timeout(60_000);
  requires('clients');
  const chromium = requires('chromium');
  const folder = freshFolder();

  /** Returns the routes of the guide of assistant-ui, one that stops an answer, and what a stream has. */
  async function serverOf() {
    const { RESUMABLE_STREAM_ID_HEADER, createResumableStreamContext } =
      await load<Resumable>('assistant-stream/resumable');
    const { JsonToSseTransformStream } = await load<AiSdk>('ai');
    const store = resumableStreamStore({ log: (name) => folder.open({ name }) });
    const context = createResumableStreamContext({ store });
    const abort = new AbortController();
    let newest = '';
    const start = (model: string): Promise<Bytes> => {
      newest = randomUUID();
      return context.run(newest, () =>
        ReadableStream.from(answerOf(deltasOf(model, abort.signal), abort.signal))
          .pipeThrough(new JsonToSseTransformStream())
          .pipeThrough(new TextEncoderStream()),
      );
    };
    const routesOf = (model: string): RequestListener =>
      overFetch(async ({ method, url }) => {
        const { pathname } = new URL(url);
        if (pathname === '/active') {
          const isActive = newest !== '' && (await context.status(newest)) === 'streaming';
          return new Response(isActive ? newest : '');
        }
        if (method === 'DELETE') {
          abort.abort();
          return new Response(null, { status: 204 });
        }
        const stream = await (method === 'POST' ? start(model) : context.resume(pathname.split('/').at(-1) as string));
        if (stream === null) return new Response(null, { status: 404 });
        const headers = { 'content-type': 'text/event-stream', [RESUMABLE_STREAM_ID_HEADER]: newest };
        return new Response(stream, { headers });
      });
    const stored = async (): Promise<string> => {
      const chunks = await text((await context.resume(newest)) as never);
      return [...chunks.matchAll(/"delta":"(.*?)"/g)].map(([, delta]) => delta).join('');
    };
    return { routesOf, stored };
  }

  it('shows the whole answer, once, in two tabs, after a reload and a cut', async () => {
    const { routesOf, stored } = await serverOf();
    await withTabs({ chromium: chromium(), script, routesOf }, async (opened) => {
      await opened.tabs[0].reload();
      await shows(opened.tabs[0], 20);
      await cutAndReload(opened);
      await expectWholeAnswer(opened);
      expect(await stored()).to.equal(textTo(60));
    });
  });

  it('aborts the request to the model by the stop button of a second tab, and shows the same after a reload', async () => {
    const { routesOf, stored } = await serverOf();
    await withTabs({ chromium: chromium(), script, routesOf }, async ({ model, tabs }) => {
      await press(tabs[1], 'Stop');
      await model.aborted.promise;
      for (const tab of tabs) {
        await hasStatus(tab, 'ready');
        expect(await answersOf(tab)).to.deep.equal([textTo(20)]);
      }
      await tabs[0].reload();
      await shows(tabs[0], 20);
      await hasStatus(tabs[0], 'ready');
      expect(await answersOf(tabs[0])).to.deep.equal([textTo(20)]);
      expect(await stored()).to.equal(textTo(20));
    });
  });
});
