import { expect } from 'chai';
import * as t from 'io-ts';
import { map, NEVER, of, timer } from 'rxjs';
import type { ReceiveRequest } from '../../lib/adapter/node/readBody.ts';
import { receive } from '../../lib/adapter/node/receive.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import { events } from '../../lib/event/events.ts';
import { feed } from '../../lib/feed/feed.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { fetchOf } from '../../lib/testing/fetchOf.ts';

const Orders = events({ OrderPaid: { order: t.string } });

const posting = (body: string | Uint8Array<ArrayBuffer> | null, type = 'application/json') => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
});

const paid = JSON.stringify({ type: 'order_paid', data: { order: 'one' } });

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the body of a request of fetchOf', () => {
  for (const json of [true, false]) {
    it(
      `is received by receive, ${json ? 'parsed' : 'as bytes'}`,
      asyncMarbles(async () => {
        const post = fetchOf(receive(feed(Orders)), { json });
        const answer = await post('/', posting(paid));
        expect(answer.status).to.equal(202);
        expect(await answer.json()).to.have.property('cursor');
        expect((await post('/', posting(new TextEncoder().encode(paid)))).status).to.equal(202);
        expect((await post(new Request('http://a.test/', posting(paid)))).status).to.equal(202);
        expect((await post('/', posting('{"type":'))).status).to.equal(400);
        expect((await post('/', posting(null))).status).to.equal(400);
        expect((await post('/', posting('a=b', 'application/x-www-form-urlencoded'))).status).to.equal(415);
        expect((await post('/', posting('{"type":"other","data":1}'))).status).to.equal(422);
      }),
    );
  }

  it(
    'is limited by the route that reads it',
    asyncMarbles(async () => {
      const post = fetchOf(receive(feed(Orders), { maxBodyBytes: 10 }), { json: false });
      expect((await post('/', posting(paid))).status).to.equal(413);
    }),
  );

  it(
    'is decoded by sse',
    asyncMarbles(async () => {
      const route = sse({ body: { word: t.string } }, ({ body }) => timer(50).pipe(map(() => body.word)));
      const fetch = fetchOf(route);
      expect(await (await fetch('/', posting('{"word":"hello"}'))).text()).to.contain('data: "hello"');
      expect(Date.now()).to.equal(50);
      expect((await fetch('/', posting('{}'))).status).to.equal(422);
    }),
  );

  it(
    'is read as that of a Node request, with its length',
    asyncMarbles(async () => {
      const seen: unknown[] = [];
      const fetch = fetchOf<ReceiveRequest>((request, response) => {
        seen.push(request.headers, request.method, request.url, request.body);
        request.on('data', (chunk) => seen.push(new TextDecoder().decode(chunk)));
        request.on('end', () => {
          response.writeHead(204, {});
          response.end();
        });
      });
      await fetch('/a?b=c', { method: 'PUT', body: 'some text' });
      expect(seen).to.deep.equal([
        { 'content-type': 'text/plain;charset=UTF-8', 'content-length': '9' },
        'PUT',
        '/a?b=c',
        undefined,
        'some text',
      ]);
    }),
  );

  it(
    'is destroyed when the client disconnects',
    asyncMarbles(async ({ flush }) => {
      const seen: string[] = [];
      const abort = new AbortController();
      const fetch = fetchOf<ReceiveRequest>((request) => {
        request.on('close', () => seen.push('close'));
        abort.abort(new Error('enough'));
      });
      expect(await rejected(fetch('/', { ...posting('a'), signal: abort.signal }))).to.have.property(
        'message',
        'enough',
      );
      await flush();
      expect(seen).to.deep.equal(['close']);
    }),
  );

  it('throws for a stream', async () => {
    async function* parts() {
      yield new Uint8Array(1);
    }
    for (const body of [new ReadableStream(), parts()]) {
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      expect(await rejected(fetchOf(sse(NEVER))('/', init)))
        .to.be.instanceOf(TypeError)
        .with.property('message', 'fetchOf: the body must be text or bytes, got a stream; read it and pass its bytes');
    }
  });

  it('is read in real time as well', async () => {
    const response = await fetchOf(sse({ body: { word: t.string } }, ({ body }) => of(body.word)))(
      '/',
      posting('{"word":"hello"}'),
    );
    expect(await response.text()).to.contain('data: "hello"');
  });
});
