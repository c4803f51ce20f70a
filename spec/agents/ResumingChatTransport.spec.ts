import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { Subject } from 'rxjs';
import { type ChatRequest, chatRoutes, ResumingChatTransport, type ResumingChatTransportOptions } from 'rxsse/agents';
import { ConnectionError } from 'rxsse/client';
import type { Faults } from '../support/FaultyConnection.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';

const delta = (text: string) => ({ type: 'text-delta', delta: text });
const send = { chatId: 'c', messages: [{ id: 'm' }], trigger: 'submit-message', messageId: undefined };

describe('ResumingChatTransport', () => {
  let answers: Subject<unknown>[] = [];
  let requests: ChatRequest<unknown, unknown>[] = [];
  let seen: { readonly method: string | undefined; readonly url: string | undefined; readonly headers: object }[] = [];

  /** Serves chats behind a proxy with these faults while the callback runs. */
  async function withChats(
    faultsOf: (connection: number) => Faults,
    use: (transport: ResumingChatTransport<unknown>, breakAll: () => void) => Promise<void>,
    options: ResumingChatTransportOptions = {},
  ): Promise<void> {
    [answers, requests, seen] = [[], [], []];
    const chats = chatRoutes({ onError: () => 'failed' }, (request: ChatRequest<unknown, object>) => {
      const chunks = new Subject<unknown>();
      answers.push(chunks);
      requests.push(request);
      return chunks;
    });
    const app = (...[request, response]: Parameters<RequestListener>): void => {
      seen.push({ method: request.method, url: request.url, headers: request.headers });
      (chats as RequestListener)(request, response);
    };
    await listen(app, (target) =>
      faultProxy(target, faultsOf, async ({ url, breakAll }) => {
        const backoff = { initialDelay: 1, maxDelay: 1 };
        await use(new ResumingChatTransport({ api: `${url}/api/chat?v=1`, backoff, ...options }), breakAll);
      }),
    );
  }
  const say = (text: string): void => answers.at(-1)?.next(delta(text));
  const cursorsSent = (): unknown[] =>
    seen.map(({ headers }) => (headers as { 'last-event-id'?: string })['last-event-id']);
  const sound = (): Faults => ({});

  it('resumes after each lost connection where it was, without a notice of the reader', async () => {
    await withChats(sound, async (transport, breakAll) => {
      const reader = (await transport.sendMessages({ ...send, body: { extra: 1 } })).getReader();
      const received: unknown[] = [];
      for (const text of ['a', 'b', 'c', 'd', 'e']) {
        say(text);
        received.push((await reader.read()).value);
        breakAll();
      }
      answers[0]?.complete();
      expect((await reader.read()).done).to.equal(true);
      expect(received).to.deep.equal(['a', 'b', 'c', 'd', 'e'].map(delta));
      expect(answers).to.have.length(1);
      expect(requests[0]?.body).to.include({ extra: 1, id: 'c', trigger: 'submit-message' });
      const [first, ...later] = seen.map(({ method, url }) => `${method} ${url}`);
      expect(first).to.equal('POST /api/chat?v=1');
      expect(new Set(later)).to.deep.equal(new Set(['GET /api/chat/c/stream?v=1']));
      expect(new Set(cursorsSent()).size).to.equal(seen.length);
    });
  });

  it('sends its headers with each request, those of the chat among them', async () => {
    let token = 0;
    const options = { headers: async () => ({ authorization: `${++token}` }) };
    await withChats(
      sound,
      async (transport, breakAll) => {
        const stream = await transport.sendMessages({ ...send, headers: { 'x-more': 'yes' } });
        const reader = stream.getReader();
        say('a');
        await reader.read();
        breakAll();
        say('b');
        await reader.read();
        answers[0]?.complete();
        await reader.read();
        const sent = seen.map(({ headers }) => headers as Record<string, string>);
        expect(sent.map(({ authorization, 'x-more': more }) => [authorization, more])).to.deep.equal(
          sent.map((_, index) => [`${index + 1}`, 'yes']),
        );
      },
      options,
    );
  });

  it('returns the active answer from its start, and null where none is active', async () => {
    await withChats(sound, async (transport) => {
      expect(await transport.reconnectToStream({ chatId: 'c' })).to.equal(null);
      const first = await transport.sendMessages(send);
      say('a');
      const again = (await transport.reconnectToStream({ chatId: 'c' }))?.getReader();
      expect((await again?.read())?.value).to.deep.equal(delta('a'));
      await first.cancel();
      say('b');
      expect((await again?.read())?.value).to.deep.equal(delta('b'));
      expect(await transport.stop('c')).to.equal(true);
      expect((await again?.read())?.done).to.equal(true);
      expect(requests[0]?.signal.aborted).to.equal(true);
      expect(await transport.reconnectToStream({ chatId: 'c' })).to.equal(null);
      expect(await transport.stop('other')).to.equal(false);
    });
  });

  it('rejects when the request is refused, with the text of the answer', async () => {
    await withChats(sound, async (transport) => {
      const refused = await transport.sendMessages({ ...send, chatId: '' }).catch((error) => error);
      expect(refused).to.be.instanceOf(Error).with.property('message').that.contains('422');
    });
  });

  it('errors when the connection is lost before the first position, and repeats no POST', async () => {
    // The head of the response, and nothing of its body.
    const cut = (connection: number): Faults => (connection === 0 ? { answer: { how: 'cut', after: 60 } } : {});
    await withChats(cut, async (transport) => {
      const failed = await transport
        .sendMessages(send)
        .then((stream) => stream.getReader().read())
        .catch((error) => error);
      expect(failed).to.be.instanceOf(Error);
      expect(seen.map(({ method }) => method)).to.deep.equal(['POST']);
    });
  });

  it('errors when the answer is not stored any more', async () => {
    await withChats(sound, async (transport, breakAll) => {
      const reader = (await transport.sendMessages(send)).getReader();
      say('a');
      await reader.read();
      const before = seen.length;
      const fetch = async (_: unknown, { credentials }: RequestInit) =>
        new Response('', { status: credentials === 'omit' ? 404 : 500 });
      const options = { api: 'http://127.0.0.1:9/none', fetch, credentials: 'omit' } as const;
      expect(await new ResumingChatTransport(options).stop('c')).to.equal(false);
      expect(seen.length).to.equal(before);
      breakAll();
      await reader.cancel();
    });
    const chunks = [`id: 1.${'e'.repeat(16)}.0\n\n`, 'data: {"type":"start"}\n\n'].join('');
    const responses = [
      new Response(chunks, { headers: { 'content-type': 'text/event-stream', 'rxsse-resume': 'live' } }),
      new Response(null, { status: 404 }),
    ];
    const transport = new ResumingChatTransport<unknown>({
      api: 'http://localhost/api/chat',
      fetch: async () => responses.shift() ?? Response.error(),
      backoff: { initialDelay: 1, maxDelay: 1 },
    });
    const reader = (await transport.sendMessages(send)).getReader();
    expect((await reader.read()).value).to.deep.equal({ type: 'start' });
    const lost = await reader.read().catch((error) => error);
    expect(lost).to.be.instanceOf(ConnectionError).with.property('status', 404);
    expect(lost.message).to.equal('the answer is no longer stored by the server; send the message again');
  });

  it('errors with the reason of the signal when that is aborted, and the answer continues', async () => {
    await withChats(sound, async (transport) => {
      const abort = new AbortController();
      const reader = (await transport.sendMessages({ ...send, abortSignal: abort.signal })).getReader();
      say('a');
      await reader.read();
      const next = reader.read().catch((error) => error);
      abort.abort();
      expect(await next).to.have.property('name', 'AbortError');
      expect(requests[0]?.signal.aborted).to.equal(false);
      answers[0]?.complete();
    });
  });

  describe('with a storage', () => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    };
    beforeEach(() => stored.clear());
    const readAll = async (stream: ReadableStream<unknown> | null): Promise<string> => {
      let text = '';
      for await (const chunk of stream as unknown as AsyncIterable<{ readonly delta: string }>) text += chunk.delta;
      return text;
    };

    it('requests the rest of an answer after a reload, also of one that has ended meanwhile', async () => {
      const words = Array.from({ length: 60 }, (_, n) => `${n} ${'x'.repeat(300)}`);
      await withChats(
        sound,
        async (transport) => {
          const reader = (await transport.sendMessages(send)).getReader();
          for (const word of words.slice(0, 50)) {
            say(word);
            await reader.read();
          }
          await reader.cancel();
          expect(stored.size).to.equal(2);
          for (const word of words.slice(50)) say(word);
          answers[0]?.complete();
          expect(await readAll(await transport.reconnectToStream({ chatId: 'c' }))).to.equal(words.join(''));
          expect(cursorsSent().at(-1)).to.match(/\.50$/);
          expect(stored.size).to.equal(0);
          expect(await transport.reconnectToStream({ chatId: 'c' })).to.equal(null);
        },
        { storage },
      );
    });

    it('requests an answer from its start where that of the storage is not there any more', async () => {
      stored.set('rxsse.chat /chat c 0', JSON.stringify({ cursor: '1.e.1', chunks: [delta('old')] }));
      const sent: unknown[] = [];
      const transport = new ResumingChatTransport<unknown>({
        api: '/chat',
        storage,
        fetch: async (_, { headers }) => {
          sent.push(new Headers(headers).get('last-event-id'));
          return new Response(null, { status: sent.length === 1 ? 404 : 204 });
        },
      });
      expect(await transport.reconnectToStream({ chatId: 'c' })).to.equal(null);
      expect([sent, stored.size]).to.deep.equal([['1.e.1', null], 0]);
    });

    it('requests an answer from its start where what is stored is not what a transport has stored', async () => {
      for (const text of ['{', '"x"', 'null', '{"cursor":"1.e.1"}', '{"cursor":1,"chunks":[]}']) {
        stored.set('rxsse.chat /chat c 0', text);
        const sent: unknown[] = [];
        const transport = new ResumingChatTransport<unknown>({
          api: '/chat',
          storage,
          fetch: async (_, { headers }) => {
            sent.push(new Headers(headers).get('last-event-id'));
            return new Response(null, { status: 204 });
          },
        });
        expect(await transport.reconnectToStream({ chatId: 'c' }), text).to.equal(null);
        expect([sent, stored.size], text).to.deep.equal([[null], 0]);
      }
    });

    it('joins deltas of one text alone, and continues without room', async () => {
      let failures = 0;
      const setItem = (key: string, value: string): void => {
        if (value.includes('full')) {
          failures++;
          throw new Error('QuotaExceededError');
        }
        storage.setItem(key, value);
      };
      await withChats(
        sound,
        async (transport) => {
          const reader = (await transport.sendMessages(send)).getReader();
          const chunks = [
            { type: 'text-start', id: 'a' },
            { type: 'text-delta', id: 'a', delta: '1' },
            { type: 'text-delta', id: 'a', delta: '2' },
            { type: 'text-delta', id: 'b', delta: '3' },
            { type: 'text-delta', id: 'b', delta: '4', providerMetadata: {} },
            { type: 'tool-input-delta', toolCallId: 't', inputTextDelta: '{' },
            { type: 'tool-input-delta', toolCallId: 't', inputTextDelta: '}' },
            { type: 'text-delta', id: 'c', delta: 'full' },
            { type: 'text-delta', id: 'c', delta: 'more' },
          ];
          for (const chunk of chunks) {
            answers[0]?.next(chunk);
            expect((await reader.read()).value).to.deep.equal(chunk);
          }
          expect(failures).to.equal(1);
          const [text = ''] = stored.values();
          expect(JSON.parse(text).chunks).to.deep.equal([
            { type: 'text-start', id: 'a' },
            { type: 'text-delta', id: 'a', delta: '12' },
            { type: 'text-delta', id: 'b', delta: '3' },
            { type: 'text-delta', id: 'b', delta: '4', providerMetadata: {} },
            { type: 'tool-input-delta', toolCallId: 't', inputTextDelta: '{}' },
          ]);
          answers[0]?.complete();
          await reader.read();
        },
        { storage: { ...storage, setItem } },
      );
    });
  });

  it('refuses options of a wrong type', () => {
    expect(() => new ResumingChatTransport({ api: 1 as never })).to.throw(TypeError, 'api');
    expect(() => new ResumingChatTransport({ apis: '/' } as never)).to.throw(TypeError, 'api');
  });
});
