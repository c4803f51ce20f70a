import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { EMPTY, NEVER, of } from 'rxjs';
import { events, feed, receive, type SseRequest, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

/** Records how the promise of a handler settled, and what the handler called on the framework. */
interface Seen {
  readonly settled: Promise<unknown>;
  readonly steps: string[];
}

interface Framework {
  /** Calls the handler as the framework does. */
  call(
    handler: Handler,
    incoming: IncomingMessage,
    response: ServerResponse,
    parsed: Readonly<Record<string, unknown>>,
    steps: string[],
  ): void | Promise<void>;
  /** The step that keeps the framework from answering. */
  readonly takenOver: string;
}

type Handler = ReturnType<typeof receive> | ReturnType<typeof sse>;

const early = sse(() => Promise.reject(new Error('early')));

const frameworks: Readonly<Record<string, Framework>> = {
  Fastify: {
    call: (handler, raw, response, parsed, steps) => {
      const { method, url, headers } = raw;
      const reply = {
        raw: response,
        getHeaders: () => ({
          ...response.getHeaders(),
          'x-hook': 'set',
          vary: 'Origin',
          'set-cookie': ['a=1', 'b=2'],
          'x-none': undefined,
        }),
        hijack: () => steps.push(`hijack, head sent: ${response.headersSent}`),
      };
      const request = { raw, method, url, headers, ...parsed };
      return handler(request, reply);
    },
    takenOver: 'hijack, head sent: false',
  },
  Koa: {
    call: (handler, req, res, parsed, steps) => {
      const { method, url, headers } = req;
      res.setHeader('x-hook', 'set').setHeader('vary', 'Origin').setHeader('set-cookie', ['a=1', 'b=2']);
      const context = {
        req,
        res,
        method,
        url,
        headers,
        request: { method, url, headers, ...parsed },
        set respond(value: boolean) {
          steps.push(`respond: ${value}, head sent: ${res.headersSent}`);
        },
      };
      return handler(context, () => Promise.resolve());
    },
    takenOver: 'respond: false, head sent: false',
  },
};

for (const [name, { call, takenOver }] of Object.entries(frameworks)) {
  describe(`a handler that is mounted on ${name}`, () => {
    const mount = (handler: Handler, parsed: Readonly<Record<string, unknown>> = {}) => {
      const seen = deferred<Seen>();
      const listener: RequestListener = (incoming, response) => {
        const steps: string[] = [];
        const settled = Promise.resolve(call(handler, incoming, response, parsed, steps));
        seen.resolve({
          settled: settled.then(
            () => 'resolved',
            (error: Error) => error.message,
          ),
          steps,
        });
        settled.catch(() => response.writeHead(500).end('by the framework'));
      };
      return { listener, seen: seen.promise };
    };

    it('takes the response over before the head, with the headers of the framework, and resolves then', () => {
      const { listener, seen } = mount(sse({ compression: true }, NEVER));
      return listen(listener, async (url) => {
        const wire = await openStream(url);
        expect(wire.headers).to.deep.include({
          'x-hook': 'set',
          vary: 'Origin, Accept-Encoding',
          'set-cookie': ['a=1', 'b=2'],
          'content-type': 'text/event-stream; charset=utf-8',
        });
        const { settled, steps } = await seen;
        expect([await settled, steps]).to.deep.equal(['resolved', [takenOver]]);
        wire.close();
      });
    });

    it('decodes what the framework has parsed', () => {
      const route = sse({ params: { id: t.string }, query: { page: t.number }, body: { q: t.string } }, (context) =>
        of([context.params.id, context.query.page, context.body.q]),
      );
      const { listener } = mount(route, { params: { id: 'a' }, query: { page: 2 }, body: { q: 'b' } });
      return listen(listener, async (url) => {
        expect(await readWire(url, /rxsse\.end/)).to.include('data: ["a",2,"b"]\n');
      });
    });

    it('rejects with an error before the first byte, and leaves the response alone', () => {
      const { listener, seen } = mount(early);
      return listen(listener, async (url) => {
        expect(await (await fetch(url)).text()).to.equal('by the framework');
        const { settled, steps } = await seen;
        expect([await settled, steps]).to.deep.equal(['early', []]);
      });
    });

    it('resolves for a client that disconnects before the head', () => {
      const { listener, seen } = mount(sse({ state: () => new Promise<never>(() => {}) }, EMPTY));
      return listen(listener, async (url) => {
        const leaving = new AbortController();
        const answer = fetch(url, { signal: leaving.signal }).catch((error: Error) => error.name);
        const { settled } = await seen;
        leaving.abort();
        expect([await settled, await answer]).to.deep.equal(['resolved', 'AbortError']);
      });
    });

    it('passes its functions what the framework passed', () => {
      const passed: SseRequest[] = [];
      const state = (request: SseRequest) => {
        passed.push(request);
      };
      const { listener } = mount(
        sse({ state }, (context) => {
          passed.push(context.request);
          return EMPTY;
        }),
      );
      return listen(listener, async (url) => {
        await (await fetch(url)).text();
        expect(passed[0]).to.equal(passed[1]);
        expect(passed[0]).to.have.property(name === 'Koa' ? 'res' : 'raw');
      });
    });

    for (const [where, parsed] of [
      ['that it reads itself', {}],
      ['that the framework has parsed', { body: { type: 'message', data: 'a' } }],
    ] as const) {
      it(`publishes a body ${where}`, () => {
        const messages = feed(events({ Message: t.string }));
        const { listener } = mount(receive(messages), parsed);
        return listen(listener, async (url) => {
          const answer = await fetch(url, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ type: 'message', data: 'a' }),
          });
          expect([answer.status, answer.headers.get('x-hook')]).to.deep.equal([202, 'set']);
          expect(await answer.json()).to.deep.equal({ cursor: await messages.cursor() });
        });
      });
    }
  });
}

describe('a handler that is called as by Fastify, with a next', () => {
  it('passes an error before the first byte to it, and returns nothing', async () => {
    const passed = deferred<unknown>();
    const listener: RequestListener = (raw, response) => {
      const reply = { raw: response, getHeaders: () => response.getHeaders(), hijack: () => expect.fail('taken over') };
      const request = { raw, headers: raw.headers };
      const returned: unknown = early(request, reply, (error) => {
        passed.resolve([returned, (error as Error).message]);
        response.end();
      });
    };
    await listen(listener, (url) => fetch(url));
    expect(await passed.promise).to.deep.equal([undefined, 'early']);
  });
});
