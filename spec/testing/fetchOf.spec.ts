import { expect } from 'chai';
import { interval, NEVER, of, take, throwError, timer } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { fetchOf } from '../../lib/testing/fetchOf.ts';

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('fetchOf', () => {
  it(
    'resolves with the head and the body of the route, in virtual time',
    asyncMarbles(async () => {
      const response = await fetchOf(sse(timer(5000)))('/');
      expect([response.status, response.headers.get('content-type')]).to.deep.equal([
        200,
        'text/event-stream; charset=utf-8',
      ]);
      expect(await response.text()).to.match(/^retry: 3000\n\nid: .*\ndata: 0\n\nid: .*\nevent: rxsse\.end/);
      expect(Date.now()).to.equal(5000);
    }),
  );

  it(
    'sends the method, URL and headers of the request',
    asyncMarbles(async () => {
      const requests: unknown[] = [];
      const fetch = fetchOf((request, response) => {
        requests.push(request);
        response.writeHead(204, {});
        response.end();
      });
      const headers = { 'Last-Event-ID': '7' };
      expect((await fetch(new URL('http://a.test/b?c=d'), { headers })).status).to.equal(204);
      expect(requests).to.deep.equal([{ method: 'GET', url: '/b?c=d', headers: { 'last-event-id': '7' } }]);
    }),
  );

  it(
    'disconnects when it is aborted, or its body is cancelled',
    asyncMarbles(async () => {
      const reasons: string[] = [];
      const fetch = fetchOf(sse({ onClose: (reason) => reasons.push(reason) }, NEVER));
      const abort = new AbortController();
      const body = (await fetch('/', { signal: abort.signal })).text();
      abort.abort(new Error('enough'));
      expect(await rejected(body)).to.have.property('message', 'enough');
      await (await fetch('/')).body?.cancel();
      expect(reasons).to.deep.equal(['disconnected', 'disconnected']);
      expect(await rejected(fetch('/', { signal: abort.signal }))).to.have.property('message', 'enough');
    }),
  );

  it(
    'fails when the route cuts the connection, before the head and after it',
    asyncMarbles(async () => {
      const cut = fetchOf((_request, response) => void response.destroy());
      expect(await rejected(cut('/'))).to.be.instanceOf(TypeError);
      const late = await fetchOf(sse({ maxAge: Infinity, onError: () => 'cut' }, interval(5).pipe(take(1))))('/');
      expect(await late.text()).to.contain('data: 0');
      const refused = await fetchOf(sse(throwError(() => Object.assign(new Error('no'), { status: 403 }))))('/');
      expect(refused.status).to.equal(403);
    }),
  );

  it(
    'has a full socket while its body is not read',
    asyncMarbles(async ({ flush }) => {
      const seen: boolean[] = [];
      const response = await fetchOf((_request, response) => {
        response.writeHead(200, {});
        for (let written = 0; written < 3; written++) seen.push(response.write('x'));
        response.on('drain', () => response.end('y'));
      })('/');
      await flush();
      // The queue of a body has space for one write.
      expect(seen).to.deep.equal([false, false, false]);
      expect(await response.text()).to.equal('xxxy');
    }),
  );

  it('works in real time as well', async () => {
    expect(await (await fetchOf(sse(of('a')))('/')).text()).to.contain('data: "a"');
  });
});
