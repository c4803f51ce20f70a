import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER, of } from 'rxjs';
import { events, feed, type SseContext, sse } from '../../lib/index.ts';
import { fetchOver } from '../support/http2.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { servers } from './servers.ts';

const Orders = events({ OrderPaid: { order: t.string } });

for (const [name, mount] of Object.entries(servers)) {
  describe(`the option headers on ${name}`, () => {
    it('adds headers, and replaces those of the library in any case, but never the content type', async () => {
      const headers = {
        'X-Request-Cost': '12',
        'cache-control': 'private, no-store',
        'X-ACCEL-BUFFERING': 'yes',
        'content-type': 'text/plain',
      };
      const { listener } = mount(sse({ headers }, NEVER));
      await listen(listener, async (url) => {
        const wire = await openStream(url);
        expect(wire.headers).to.include({
          'x-request-cost': '12',
          'cache-control': 'private, no-store',
          'x-accel-buffering': 'yes',
          'content-type': 'text/event-stream; charset=utf-8',
        });
        wire.close();
      });
    });

    it('calls a function with the context of each request', async () => {
      const cost = ({ query, state }: SseContext<{ query: { n: string }; state: string }>) => ({
        'X-Cost': `${state} ${query.n}`,
      });
      const { listener } = mount(sse({ query: { n: t.string }, state: () => 'for', headers: cost }, NEVER));
      await listen(listener, async (url) => {
        for (const n of ['1', '2']) {
          const wire = await openStream(`${url}/?n=${n}`);
          expect(wire.headers).to.include({ 'x-cost': `for ${n}`, 'cache-control': 'no-cache, no-transform' });
          wire.close();
        }
      });
    });

    it('applies to a feed, also when its reader resumes, and to HEAD', async () => {
      const orders = feed(Orders);
      const { listener } = mount(sse({ headers: () => ({ 'X-Shop': 'a' }) }, orders));
      const cursor = await orders.publish({ type: 'order_paid', data: { order: 'A' } });
      await listen(listener, async (url) => {
        const live = await openStream(url);
        expect(live.headers).to.include({ 'x-shop': 'a', 'rxsse-resume': 'live' });
        live.close();
        const resumed = await openStream(url, { headers: { 'Last-Event-ID': cursor } });
        expect(resumed.headers).to.include({ 'x-shop': 'a', 'rxsse-resume': 'exact' });
        resumed.close();
        const head = await fetchOver(url, { method: 'HEAD' });
        expect([head.status, head.headers.get('x-shop')]).to.deep.equal([200, 'a']);
      });
    });

    it('does not apply to a response that is not a stream', async () => {
      const { listener } = mount(sse({ query: { n: t.string }, headers: { 'X-Cost': '1' } }, of(1)));
      await listen(listener, async (url) => {
        const response = await fetchOver(url);
        expect([response.status, response.headers.get('x-cost')]).to.deep.equal([422, null]);
      });
    });

    it('causes an HTTP error when the function throws, or returns a header with a line break', async () => {
      for (const headers of [
        () => {
          throw new Error('no headers');
        },
        () => ({ 'X-Cost': '1\r\nSet-Cookie: admin=1' }),
      ]) {
        const { listener } = mount(sse({ headers }, NEVER));
        await listen(listener, async (url) => {
          const response = await fetchOver(url);
          expect(response.status).to.be.at.least(500);
          expect(response.headers.get('set-cookie')).to.equal(null);
        });
      }
    });
  });
}
