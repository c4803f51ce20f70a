import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { Hono } from 'hono';
import { Subject } from 'rxjs';
import { type SseRequest, setErrorReporter, shutdown } from 'rxsse';
import { type ChatRequest, type ChatRoutesOptions, chatRoutes } from 'rxsse/agents';
import { freshFolder } from '../log/lmdb/folder.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

interface Chunk {
  readonly type: string;
  readonly delta?: string;
  readonly errorText?: string;
}

const delta = (text: string): Chunk => ({ type: 'text-delta', delta: text });
const post = (id: string, more: object = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ id, messages: [{ role: 'user' }], trigger: 'submit-message', ...more }),
});

/** Returns the chunks in the text of a response, `[DONE]` among them. */
const chunksIn = (text: string): unknown[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => (data === '[DONE]' ? data : JSON.parse(data)));

/** Returns the ids in the text of a response. */
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);

describe('chatRoutes', () => {
  const folder = freshFolder();
  let answers: Subject<Chunk>[] = [];
  let requests: ChatRequest<unknown, SseRequest>[] = [];
  beforeEach(() => {
    answers = [];
    requests = [];
  });
  const answer = (request: ChatRequest<unknown, SseRequest>): Subject<Chunk> => {
    const chunks = new Subject<Chunk>();
    answers.push(chunks);
    requests.push(request);
    return chunks;
  };
  const routes = (options: ChatRoutesOptions<SseRequest> = {}) => chatRoutes(options, answer);
  const say = (...texts: string[]): void => {
    for (const text of texts) answers.at(-1)?.next(delta(text));
  };

  const logs: Readonly<Record<string, () => Partial<ChatRoutesOptions<SseRequest>>>> = {
    'in memory': () => ({}),
    'in a file': () => ({ log: (name) => folder.open({ name }) }),
  };
  for (const [kind, logOf] of Object.entries(logs)) {
    describe(`with answers ${kind}`, () => {
      it('sends an answer, and the active one again from its start, or after a position', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          const first = await openStream(`${url}/api/chat`, post('c', { extra: 1 }));
          expect(first.headers['x-vercel-ai-ui-message-stream']).to.equal('v1');
          say('Hel', 'lo');
          await first.until(/"lo"/);
          expect(requests[0]).to.deep.include({ id: 'c', messages: [{ role: 'user' }] });
          expect(requests[0]?.body).to.include({ extra: 1, trigger: 'submit-message' });

          const whole = await openStream(`${url}/api/chat/c/stream`);
          await whole.until(/"lo"/);
          expect(chunksIn(whole.text())).to.deep.equal([delta('Hel'), delta('lo')]);
          const [, afterHel = ''] = idsIn(whole.text());
          const rest = await openStream(`${url}/api/chat/c/stream`, { headers: { 'Last-Event-ID': afterHel } });
          say('!');
          answers[0]?.complete();
          await Promise.all([first, whole, rest].map((stream) => stream.ended()));
          expect(chunksIn(first.text())).to.deep.equal([delta('Hel'), delta('lo'), delta('!'), '[DONE]']);
          expect(chunksIn(whole.text())).to.deep.equal(chunksIn(first.text()));
          expect(chunksIn(rest.text())).to.deep.equal([delta('lo'), delta('!'), '[DONE]']);
          expect(answers).to.have.length(1);

          expect((await fetch(`${url}/api/chat/c/stream`)).status).to.equal(204);
          expect((await fetch(`${url}/api/chat/c/stream`, { method: 'DELETE' })).status).to.equal(404);
          expect(requests[0]?.signal.aborted).to.equal(false);
          const late = await fetch(`${url}/api/chat/c/stream`, { headers: { 'Last-Event-ID': afterHel } });
          expect(chunksIn(await late.text())).to.deep.equal(chunksIn(rest.text()));
        });
      });

      it('continues when its reader disconnects, also before the first chunk, and stops by a DELETE', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          const first = await openStream(url, post('c'));
          first.close();
          const again = await openStream(`${url}/c/stream`);
          say('a');
          await again.until(/"a"/);
          expect(requests[0]?.signal.aborted).to.equal(false);
          const stopped = await fetch(`${url}/c/stream`, { method: 'DELETE' });
          expect(stopped.status).to.equal(204);
          await again.ended();
          expect(chunksIn(again.text())).to.deep.equal([delta('a'), '[DONE]']);
          expect([requests[0]?.signal.aborted, answers[0]?.observed]).to.deep.equal([true, false]);
          expect((await fetch(`${url}/c/stream`)).status).to.equal(204);
        });
      });

      it('sends an error of the stream as the error of the protocol, and reports it', async () => {
        const errors: unknown[] = [];
        setErrorReporter((error) => errors.push(error));
        try {
          await listen(routes(logOf()) as RequestListener, async (url) => {
            const stream = await openStream(url, post('c'));
            say('a');
            answers[0]?.error(new Error('secret'));
            await stream.ended();
            const error = { type: 'error', errorText: 'An error occurred.' };
            expect(chunksIn(stream.text())).to.deep.equal([delta('a'), error, '[DONE]']);
          });
        } finally {
          setErrorReporter(undefined);
        }
        expect(errors.map(String)).to.deep.equal(['Error: secret']);
      });

      it('sends an error also where onError throws, and reports both', async () => {
        const errors: unknown[] = [];
        setErrorReporter((error) => errors.push(error));
        const onError = (): string => {
          throw new Error('onError is wrong');
        };
        try {
          await listen(routes({ ...logOf(), onError }) as RequestListener, async (url) => {
            const stream = await openStream(url, post('c'));
            answers[0]?.error(new Error('secret'));
            const error = { type: 'error', errorText: 'An error occurred.' };
            expect(chunksIn(await stream.ended())).to.deep.equal([error, '[DONE]']);
          });
        } finally {
          setErrorReporter(undefined);
        }
        expect(errors.map(String)).to.deep.equal(['Error: onError is wrong', 'Error: secret']);
      });

      it('starts as many answers of an owner as one may have, where more are requested at once', async () => {
        await listen(routes({ ...logOf(), owner: () => 'ann' }) as RequestListener, async (url) => {
          const streams = await Promise.all(Array.from({ length: 25 }, (_, n) => openStream(url, post(`${n}`))));
          const statuses = streams.map(({ status }) => status).sort();
          expect(statuses).to.deep.equal([...Array(20).fill(200), ...Array(5).fill(503)]);
          for (const chunks of answers) if (chunks.observed) chunks.complete();
          const served = streams.filter(({ status }) => status === 200);
          const texts = await Promise.all(served.map((stream) => stream.ended()));
          for (const text of texts) expect(chunksIn(text)).to.deep.equal(['[DONE]']);
        });
      });

      it('answers 204 for a chat without an answer, and 404 for a position that is not stored', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          expect((await fetch(`${url}/c/stream`)).status).to.equal(204);
          const headers = { 'Last-Event-ID': '1.abcdefghijklmnopqrstuvwxyz.3' };
          expect((await fetch(`${url}/c/stream`, { headers })).status).to.equal(404);
          expect((await fetch(`${url}/c/stream`, { method: 'DELETE' })).status).to.equal(404);
        });
      });

      it('keeps the chats of owners apart', async () => {
        const owner = ({ headers }: SseRequest): string => String(headers['x-user']);
        const as = (
          user: string,
          init: { readonly method?: string; readonly headers?: object; readonly body?: string } = {},
        ) => ({
          ...init,
          headers: { ...init.headers, 'x-user': user },
        });
        await listen(routes({ ...logOf(), owner }) as RequestListener, async (url) => {
          const mine = await openStream(url, as('ann', post('c')));
          say('a');
          await mine.until(/"a"/);
          expect((await fetch(`${url}/c/stream`, as('bob'))).status).to.equal(204);
          const [, id = ''] = idsIn(mine.text());
          const headers = { 'x-user': 'bob', 'Last-Event-ID': id };
          expect((await fetch(`${url}/c/stream`, { headers })).status).to.equal(404);
          expect((await fetch(`${url}/c/stream`, as('bob', { method: 'DELETE' }))).status).to.equal(404);
          answers[0]?.complete();
          await mine.ended();
        });
      });
    });
  }

  it('sends the error of the protocol for an answer that its server does not complete', async () => {
    const log = (name: string) => folder.open({ name });
    const onError = () => '';
    const here = routes({ log, onError });
    await listen(here as RequestListener, (url) =>
      listen(routes({ log, onError }) as RequestListener, async (other) => {
        const first = await openStream(url, post('c'));
        say('a');
        await first.until(/"a"/);
        const second = await openStream(`${other}/c/stream`);
        await shutdown(here, { duration: 0 });
        const error = { type: 'error', errorText: 'The answer was interrupted. Please try again.' };
        expect(chunksIn(await second.ended())).to.deep.equal([delta('a'), error, '[DONE]']);
      }),
    );
  });

  describe('for an owner who has as many answers as one may have', () => {
    const owner = () => 'ann';
    const withTwenty = (use: (url: string) => Promise<void>) =>
      listen(routes({ owner }) as RequestListener, async (url) => {
        for (let n = 0; n < 20; n++) await openStream(url, post(`${n}`));
        await use(url);
      });

    it('starts no other one, and does not call the function', () =>
      withTwenty(async (url) => {
        const refused = await fetch(url, post('new'));
        expect([refused.status, answers.length]).to.deep.equal([503, 20]);
      }));

    it('stops one, and sends one to a second reader', () =>
      withTwenty(async (url) => {
        const again = await openStream(`${url}/0/stream`);
        expect(again.status).to.equal(200);
        expect((await fetch(`${url}/0/stream`, { method: 'DELETE' })).status).to.equal(204);
        expect(chunksIn(await again.ended())).to.deep.equal(['[DONE]']);
        expect(requests[0]?.signal.aborted).to.equal(true);
      }));
  });

  it('refuses an id that no path or no name of a log can have, and does not call the function', () =>
    listen(routes({ log: (name) => folder.open({ name }) }) as RequestListener, async (url) => {
      for (const id of ['', '.', '..', '\ud800', 'x'.repeat(257), '\u2028'.repeat(29)]) {
        const { status } = await fetch(url, post(id));
        expect([status, answers.length], JSON.stringify(id).slice(0, 20)).to.deep.equal([422, 0]);
      }
      for (const id of ['...', 'x'.repeat(256), 'a/b?c']) {
        const stream = await openStream(url, post(id));
        say(id);
        await stream.until(/text-delta/);
        const again = await openStream(`${url}/${encodeURIComponent(id)}/stream`);
        answers.at(-1)?.complete();
        expect(chunksIn(await again.ended())).to.deep.equal([delta(id), '[DONE]']);
      }
    }));

  it('aborts the signal of an answer that cannot be stored', async () => {
    setErrorReporter(() => {});
    try {
      const log = (name: string) => folder.open({ name });
      // The owner of an answer that other processes read is a string or a number.
      const owner = () => ({ id: 'ann' }) as never;
      await listen(routes({ log, owner }) as RequestListener, async (url) => {
        expect((await fetch(url, post('c'))).status).to.equal(500);
        expect(requests[0]?.signal.aborted).to.equal(true);
      });
    } finally {
      setErrorReporter(undefined);
    }
  });

  it('stops an answer whose reader disconnects where linger is 0', async () => {
    await listen(routes({ linger: 0 }) as RequestListener, async (url) => {
      const stream = await openStream(url, post('c'));
      say('a');
      await stream.until(/"a"/);
      const { signal } = requests[0] as ChatRequest<unknown, SseRequest>;
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      stream.close();
      await aborted;
      expect(answers[0]?.observed).to.equal(false);
    });
  });

  it('sends an error in place of what the log has trimmed', async () => {
    const log = (name: string) => folder.open({ name, maxEntries: 8 });
    await listen(routes({ log }) as RequestListener, async (url) => {
      const stream = await openStream(url, post('c'));
      for (let n = 0; n < 100; n++) say(String(n));
      await stream.until(/"99"/);
      const late = await openStream(`${url}/c/stream`);
      await late.until(/"99"/);
      expect(chunksIn(late.text())[0]).to.deep.equal({
        type: 'error',
        errorText: 'A part of the answer is not stored any more.',
      });
      answers[0]?.complete();
      await Promise.all([stream.ended(), late.ended()]);
    });
  });

  describe('answers a request', () => {
    const app = () => {
      const inner = express();
      inner.use('/api/chat', express.json(), routes());
      inner.use((_request, response) => void response.status(418).end());
      inner.use(((error, _request, response, _next) => {
        response.status(error.status ?? 500).json(error.message);
      }) satisfies express.ErrorRequestHandler);
      return inner;
    };

    it('on Express, and leaves others to the next handler', async () => {
      await listen(app(), async (url) => {
        const stream = await openStream(`${url}/api/chat`, post('a b/c'));
        say('a');
        await stream.until(/"a"/);
        const again = await openStream(`${url}/api/chat/${encodeURIComponent('a b/c')}/stream`);
        await again.until(/"a"/);
        answers[0]?.complete();
        await Promise.all([stream.ended(), again.ended()]);
        expect((await fetch(`${url}/api/chat/other`)).status).to.equal(418);
        expect((await fetch(`${url}/api/chat/%E0%A4%A/stream`)).status).to.equal(418);
        expect((await fetch(`${url}/api/chat/other?back=/c/stream`)).status).to.equal(418);
        expect((await fetch(`${url}/api/chat`, { ...post('c'), body: '{"id":1}' })).status).to.equal(422);
      });
    });

    it('on Hono, with the same handler', async () => {
      const hono = new Hono();
      const chats = routes();
      hono.all('/api/chat', (context) => chats(context.req.raw as Request & SseRequest));
      hono.all('/api/chat/*', (context) => chats(context.req.raw as Request & SseRequest));
      const first = await hono.request('/api/chat', post('c'));
      say('a');
      const again = await hono.request('/api/chat/c/stream');
      answers[0]?.complete();
      expect(chunksIn(await first.text())).to.deep.equal([delta('a'), '[DONE]']);
      expect(chunksIn(await again.text())).to.deep.equal([delta('a'), '[DONE]']);
      expect((await hono.request('/api/chat/c/stream')).status).to.equal(204);
      expect((await hono.request('/api/chat/c', { method: 'PUT' })).status).to.equal(404);
    });

    it('in the forms of Fastify and Koa, and answers 404 for others', async () => {
      const chats = routes();
      const forms: Readonly<Record<string, RequestListener>> = {
        Fastify: (raw, response) => {
          const { method, url, headers } = raw;
          const reply = { raw: response, getHeaders: () => ({ 'x-plugin': 'yes' }), hijack: () => {} };
          void chats({ method, url, headers, raw } as never, reply);
        },
        Koa: (request, response) => {
          void chats({ req: request, res: response, request } as never, () => Promise.resolve());
        },
      };
      for (const [form, listener] of Object.entries(forms)) {
        await listen(listener, async (url) => {
          const stream = await openStream(url, post(form));
          say('a');
          await stream.until(/"a"/);
          const again = await openStream(`${url}/${form}/stream`);
          answers.at(-1)?.complete();
          expect(chunksIn(await again.ended()), form).to.deep.equal([delta('a'), '[DONE]']);
          expect((await fetch(`${url}/${form}/stream`)).status, form).to.equal(204);
          expect((await fetch(`${url}/${form}`)).status, form).to.equal(404);
        });
      }
    });

    it('with the status of an error that the program throws before the first chunk', async () => {
      const failing = chatRoutes({}, () => {
        throw Object.assign(new Error('too many'), { status: 429 });
      });
      await listen(failing as RequestListener, async (url) => {
        expect((await fetch(url, post('c'))).status).to.equal(429);
        expect((await fetch(`${url}/c/stream`)).status).to.equal(204);
        expect((await fetch(url, { ...post('c'), body: '{' })).status).to.equal(400);
        expect((await fetch(url, { ...post('c'), headers: { 'content-type': 'text/plain' } })).status).to.equal(415);
      });
    });
  });

  it('refuses options of a wrong type or out of range', () => {
    expect(() => routes({ maxBodyBytes: 0 })).to.throw(RangeError, 'maxBodyBytes');
    expect(() => routes({ linger: -1 })).to.throw(RangeError, 'linger');
    expect(() => routes({ allowedOrigins: 'shop' as never })).to.throw(TypeError, 'allowedOrigins');
    expect(() => routes({ logs: 1 } as never)).to.throw(TypeError, 'log');
  });
});
