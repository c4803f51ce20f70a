import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { events, feeds, Json, sse, type WireOptions } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { allOf, cutOnce, kinds, methods } from './answers.ts';
import { load } from './load.ts';

interface Chunk {
  readonly type: string;
}

interface Transport {
  sendMessages(options: object): Promise<ReadableStream<Chunk> & AsyncIterable<Chunk>>;
  reconnectToStream(options: { chatId: string }): Promise<(ReadableStream<Chunk> & AsyncIterable<Chunk>) | null>;
}

interface AiSdk {
  readonly DefaultChatTransport: new (options: { api: string }) => Transport;
  readUIMessageStream(options: {
    stream: unknown;
  }): AsyncIterable<{ readonly parts: readonly { readonly text?: string }[] }>;
}

const parts = [
  { type: 'start', messageId: 'm' },
  { type: 'text-start', id: 't' },
  ...['Hel', 'lo', '!'].map((delta) => ({ type: 'text-delta', id: 't', delta })),
  { type: 'text-end', id: 't' },
  { type: 'finish' },
].map((data) => ({ data }));
const done = message({ text: '[DONE]' });
const chat = { chatId: 'c', messages: [], trigger: 'submit-message' };

describe('ai', () => {
  requires('clients');

  let ai: AiSdk;
  before(async () => {
    ai = await load<AiSdk>('ai');
  });

  const transport = (api: string) => new ai.DefaultChatTransport({ api });
  const textOf = async (stream: unknown) => {
    const messages = await allOf(() => ai.readUIMessageStream({ stream }));
    return (messages.at(-1) as { readonly parts: readonly { readonly text?: string }[] }).parts[0]?.text;
  };

  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const control of ['none', 'ids'] as const) {
      const wire: WireOptions = { control, end: done };
      it(`reads the whole answer of ${kind}, and nothing else, with control '${control}'`, async () => {
        await listen(routeOf(wire, parts), async (url) => {
          const chunks = await allOf(() => transport(url).sendMessages(chat));
          expect(chunks).to.deep.equal(parts.map(({ data }) => data));
          expect(await textOf(await transport(url).sendMessages(chat))).to.equal('Hello!');
        });
      });
    }
  }

  it('receives an error, and not half an answer, when the connection is cut in the middle', async () => {
    await listen(cutOnce(kinds['a run']?.('data-only', parts) as RequestListener, '"lo"'), async (url) => {
      const chunks = await allOf(() => transport(url).sendMessages(chat));
      expect(chunks.at(-1)).to.be.instanceOf(Error);
      expect(chunks[0]).to.deep.equal(parts[0]?.data);
    });
  });

  it('reconnects to the whole answer of a chat after a reload, and receives nothing for a chat without an answer', async () => {
    const chats = feeds(events({ message: Json }), { idleTimeout: 1000 });
    const chatOf = (url = '') => /chats\/(\w+)/.exec(url)?.[1] ?? '';
    const answers = sse({ wire: { control: 'none', end: done }, methods, resume: { from: 'oldest' } }, ({ request }) =>
      chats.get(chatOf(request.url)),
    );
    const active = new Set<string>();
    const app: RequestListener = (request, response) => {
      if (request.method === 'POST') {
        active.add('c');
        for (const { data } of parts.slice(0, 4)) void chats.get('c').publish({ type: 'message', data });
      } else if (!active.has(chatOf(request.url))) {
        response.writeHead(204).end();
        return;
      }
      answers(request, response);
    };
    await listen(app, async (url) => {
      const api = `${url}/chats/c`;
      const first = (await transport(api).sendMessages(chat)).getReader();
      expect((await first.read()).value).to.deep.equal(parts[0]?.data);
      await first.cancel();

      const again = await new ai.DefaultChatTransport({ api: `${url}/chats` }).reconnectToStream({ chatId: 'c' });
      for (const { data } of parts.slice(4)) void chats.get('c').publish({ type: 'message', data });
      void chats.get('c').end();
      expect(await textOf(again)).to.equal('Hello!');
      expect(await new ai.DefaultChatTransport({ api: `${url}/chats` }).reconnectToStream({ chatId: 'x' })).to.equal(
        null,
      );
    });
  });
});
