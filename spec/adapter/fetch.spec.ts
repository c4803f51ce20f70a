import { expect } from 'chai';
import * as t from 'io-ts';
import { finalize, NEVER, Observable, of, Subject, startWith, throwError } from 'rxjs';
import { type FetchHandler, sse } from '../../lib/adapter/web/index.ts';
import { events, feed, IntFromString, memoryLog, shutdown } from '../../lib/index.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

const ask = (path = '/', init: RequestInit = {}) => new Request(`http://here${path}`, init);
const post = (body: string, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
  ask('/', { method: 'POST', body, headers });

/** Returns the received text, with a fixed epoch. */
async function textOf(response: Response): Promise<string> {
  return (await response.text()).replaceAll(/1\.[\w-]{16}\./g, '1.E.');
}

/** Reads a body one chunk at a time. */
function reading({ body }: Response) {
  const reader = body?.getReader() ?? expect.fail('there is no body');
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  return { next, cancel: () => reader.cancel() };
}

const end = 'id: 1.E.1~\nevent: rxsse.end\ndata: null\n\n';

describe('sse of rxsse/fetch', () => {
  it('answers with the head, the stream and its end', async () => {
    const response = await sse({ events: Ticks }, of(Tick(1)))(ask());
    expect(response.status).to.equal(200);
    expect(Object.fromEntries(response.headers)).to.deep.equal({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'rxsse-heartbeat': '15000',
    });
    expect(await textOf(response)).to.equal(`retry: 3000\n\nid: 1.E.1\nevent: tick\ndata: 1\n\n${end}`);
  });

  it('resolves before the first event', async () => {
    const response = await sse(NEVER)(ask());
    const { next, cancel } = reading(response);
    expect(await next()).to.equal('retry: 3000\n\n');
    await cancel();
  });

  it('passes the web request to every function of the route', async () => {
    const seen: unknown[] = [];
    const request = ask('/?n=1', { headers: { authorization: 'Bearer me' } });
    const route = sse(
      {
        state: (passed: Request) => {
          seen.push(passed);
          return passed.headers.get('authorization');
        },
        onOpen: (context) => seen.push(context.request),
      },
      (context) => {
        seen.push(context.request);
        return of(context.state);
      },
    );
    expect(await textOf(await route(request))).to.include('data: "Bearer me"\n');
    expect(seen).to.deep.equal([request, request, request]);
  });

  it('decodes the query, and answers a bad one with a problem', async () => {
    const route = sse({ query: { count: IntFromString } }, ({ query }) => of(query.count + 1));
    expect(await textOf(await route(ask('/?count=41')))).to.include('data: 42\n');
    const refused = await route(ask('/?count=x'));
    expect([refused.status, refused.headers.get('content-type')]).to.deep.equal([422, 'application/problem+json']);
  });

  for (const [framework, call] of Object.entries<(route: FetchHandler<Request>) => Promise<Response>>({
    'Hono, as they are': (route) => route(ask(), { params: { id: '7' } }),
    'Next, as a promise': (route) => route(ask(), { params: Promise.resolve({ id: '7' }) }),
    'Bun, of the request, behind its server': (route) =>
      route(Object.assign(ask(), { params: { id: '7' } }), { port: 3000 }),
  })) {
    it(`accepts the parameters of ${framework}`, async () => {
      const route = sse({ params: { id: IntFromString } }, ({ params }) => of(params.id));
      expect(await textOf(await call(route))).to.include('data: 7\n');
    });
  }

  it('rejects when the promise of the parameters rejects', async () => {
    const route = sse({ params: { id: IntFromString } }, NEVER);
    const failure = await route(ask(), { params: Promise.reject(new Error('no')) }).catch(String);
    expect(failure).to.equal('Error: no');
  });

  it('reads the cursor from the header or the query, and answers an end cursor with 204', async () => {
    const ticks = feed(Ticks);
    const cursor = await ticks.publish([Tick(1), Tick(2)]);
    const first = cursor.replace(/2$/, '1');
    const route = sse(ticks);
    for (const request of [ask('/', { headers: { 'Last-Event-ID': first } }), ask(`/?lastEventId=${first}`)]) {
      const response = await route(request);
      expect(response.headers.get('rxsse-resume')).to.equal('exact');
      const { next, cancel } = reading(response);
      expect(await next()).to.include('rxsse.position');
      expect(await next()).to.equal(`id: ${cursor}\nevent: tick\ndata: 2\n\n`);
      await cancel();
    }
    const over = await route(ask(`/?lastEventId=${cursor}~`));
    expect([over.status, over.body]).to.deep.equal([204, null]);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await sse(throwError(() => new Error('not for HEAD')))(ask('/', { method: 'HEAD' }));
    expect([response.status, response.headers.get('content-type'), response.body]).to.deep.equal([
      200,
      'text/event-stream; charset=utf-8',
      null,
    ]);
  });

  describe('with a body', () => {
    const route = sse({ body: { question: t.string }, maxBodyBytes: 40 }, ({ body }) => of(body.question));

    it('reads and decodes the body', async () => {
      expect(await textOf(await route(post('{"question":"wäre"}')))).to.include('data: "wäre"\n');
    });

    it('accepts a body that was read before', async () => {
      expect(await textOf(await route(ask(), { body: { question: 'why' } }))).to.include('data: "why"\n');
    });

    it('does not read a body that the route does not decode', async () => {
      const request = post('mine');
      await (await sse(of(1))(request)).text();
      expect(await request.text()).to.equal('mine');
    });

    const refusals: readonly (readonly [string, number, Request])[] = [
      ['does not decode', 422, post('{"question":1}')],
      ['is not JSON', 400, post('{"question"')],
      ['is empty', 400, post('')],
      ['is not said to be JSON', 415, post('{"question":"why"}', { 'Content-Type': 'text/plain' })],
      ['is not there in a GET', 422, ask()],
      ['is not there in a POST', 415, ask('/', { method: 'POST' })],
      ['is compressed', 415, post('{}', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })],
      ['says that it is long', 413, post('{}', { 'Content-Type': 'application/json', 'Content-Length': '41' })],
      ['turns out long', 413, post(`{"question":"${'y'.repeat(27)}"}`)],
    ];
    for (const [what, status, request] of refusals) {
      it(`answers ${status} when the body ${what}`, async () => {
        const response = await route(request);
        expect([response.status, response.headers.get('content-type')]).to.deep.equal([
          status,
          'application/problem+json',
        ]);
      });
    }

    it('accepts a body that is exactly as large as the bound', async () => {
      expect((await route(post(`{"question":"${'y'.repeat(25)}"}`))).status).to.equal(200);
    });

    it('stops reading a larger body', async () => {
      let pulls = 0;
      let isCancelled = false;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulls++;
          controller.enqueue(new Uint8Array(30));
        },
        cancel: () => {
          isCancelled = true;
        },
      });
      const headers = { 'Content-Type': 'application/json' };
      const request = ask('/', { method: 'POST', body, headers, duplex: 'half' });
      expect((await route(request)).status).to.equal(413);
      expect([pulls <= 4, isCancelled]).to.deep.equal([true, true]);
    });

    it('rejects when the body was read before and not passed on', async () => {
      const request = post('{"question":"why"}');
      await request.text();
      expect(await route(request).catch(String)).to.match(/^TypeError: rxsse\/fetch: the body was read before/);
    });
  });

  const failures: Record<string, FetchHandler<Request>> = {
    'thrown by the handler': sse(() => {
      throw new Error('early');
    }),
    'of the promise of the handler': sse(() => Promise.reject(new Error('early'))),
    'emitted while subscribing': sse(throwError(() => new Error('early'))),
    'thrown by state': sse(
      {
        state: (_request: Request) => {
          throw new Error('early');
        },
      },
      NEVER,
    ),
  };
  for (const [what, route] of Object.entries(failures)) {
    it(`rejects with the error ${what}, for the framework to answer`, async () => {
      expect(await route(ask()).catch(String)).to.equal('Error: early');
    });
  }

  it('answers with a Response that is thrown', async () => {
    const refusal = new Response('who are you?', { status: 401 });
    const route = sse({ state: (_request: Request) => Promise.reject(refusal) }, NEVER);
    expect(await route(ask())).to.equal(refusal);
  });

  it('breaks the body after an error in mid-stream, and shows nothing of the error', async () => {
    const source = new Subject<number>();
    const response = await sse(source)(ask());
    const { next } = reading(response);
    await next();
    source.error(new Error('secret'));
    const failure = await next().catch(String);
    expect(failure).to.equal('AbortError: The response is cut');
  });

  it('unsubscribes from the stream in the turn in which the body is cancelled', async () => {
    let left = 0;
    const response = await sse(NEVER.pipe(finalize(() => left++)))(ask());
    void response.body?.cancel();
    expect(left).to.equal(1);
  });

  it('unsubscribes from the stream in the turn in which the request is aborted', async () => {
    let left = 0;
    const leaving = new AbortController();
    await sse(NEVER.pipe(finalize(() => left++)))(ask('/', { signal: leaving.signal }));
    leaving.abort();
    expect(left).to.equal(1);
  });

  it('reads a log at the pace of its reader, and sends a gap to a reader that is too slow', async () => {
    const Texts = events({ Text: t.string });
    const texts = feed(Texts, { log: memoryLog({ maxBytes: 256 * 1024, maxEntries: Infinity }) });
    const publish = (count: number) => {
      for (let n = 0; n < count; n++) texts.publish(Texts.Text('x'.repeat(1000)));
    };
    const { next } = reading(await sse(texts)(ask()));
    await next();
    publish(200);
    let text = await next();
    expect(text).to.match(/^event: text$/m);
    publish(1000);
    texts.end().subscribe();
    for (let piece = await next(); piece !== ''; piece = await next()) text += piece;
    expect(text).to.include('event: rxsse.gap\ndata: {"reason":"trimmed"');
    expect(text.match(/^event: text$/gm)?.length).to.be.within(265, 700);
    expect(text).to.match(/event: rxsse\.end\ndata: null\n\n$/);
  });

  it('pulls from a source at the pace of its reader', async () => {
    let made = 0;
    async function* numbers() {
      for (; made < 200; made++) yield 'x'.repeat(1000);
    }
    const { next } = reading(await sse(numbers)(ask()));
    await next();
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    const before = made;
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    expect([made, before < 150]).to.deep.equal([before, true]);
    while ((await next()) !== '');
    expect(made).to.equal(200);
  });

  it('is shut down like any other route', async () => {
    const route = sse({ retry: 5 }, NEVER.pipe(startWith(1)));
    const { next } = reading(await route(ask()));
    await next();
    const drained = shutdown(route, { duration: 0, retry: [7, 7] });
    let rest = '';
    for (let piece = await next(); piece !== ''; piece = await next()) rest += piece;
    await drained;
    expect(rest).to.include('retry: 7\n\n');
    const refused = await route(ask('/', { headers: { 'Rxsse-Client': '1' } }));
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await (await route(ask())).text()).to.equal('retry: 7\n\n');
  });

  it('never subscribes for a reader that disconnected before its state was resolved', async () => {
    let answer: (value: number) => void = () => {};
    let subscribed = 0;
    const leaving = new AbortController();
    const route = sse(
      {
        state: (_request: Request) =>
          new Promise<number>((resolve) => {
            answer = resolve;
          }),
      },
      new Observable(() => {
        subscribed++;
      }),
    );
    const requested = route(ask('/', { signal: leaving.signal }));
    leaving.abort();
    expect((await requested).status).to.equal(499);
    answer(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(subscribed).to.equal(0);
  });

  it('refuses a bound out of range and a value that is not a stream when it is created', () => {
    expect(() => sse({ maxBodyBytes: 0 }, NEVER)).to.throw(RangeError, /maxBodyBytes must be at least 1/);
    expect(() => sse(5 as never)).to.throw(TypeError, /expected an Observable/);
  });
});
