import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, NEVER, timer } from 'rxjs';
import { event, events, feed, feeds, filterEvents, shutdown, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import type { Frame } from '../../lib/wire/index.ts';
import { received } from '../feed/received.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Ticks = events({ Tick: t.number });
const Bye = event('bye', t.string);
const eachMs = interval(1).pipe(map((n) => Ticks.Tick(n)));

function retries(frames: readonly { readonly frame: Frame }[]): readonly number[] {
  return frames.flatMap(({ frame }) => (frame._tag === 'Retry' ? [frame.ms] : []));
}

describe('shutdown', () => {
  it(
    'disconnects readers one after the other, each with a time to reconnect',
    marbles(({ reader, flush }) => {
      const route = sse(NEVER);
      const readers = [0, 1, 2, 3].map(() => reader(route));
      timer(10).subscribe(() => {
        shutdown(route, { duration: 40, retry: [2000, 4000] });
      });
      flush();
      expect(readers.map(({ endedAt: ended }) => ended)).to.deep.equal([10, 20, 30, 40]);
      const waits = readers.flatMap(({ frames }) => retries(frames).slice(1));
      for (const wait of waits) expect(wait).to.be.within(2000, 4000);
      expect(new Set(waits).size).to.equal(4);
      // No end was sent, so that the readers reconnect.
      expect(readers.flatMap((each) => received(each))).to.deep.equal([]);
    }),
  );

  it(
    'rejects new readers with the response that each kind of client needs',
    marbles(({ reader, flush }) => {
      const route = sse(NEVER);
      void shutdown(route, { retry: [2000, 4000] });
      const native = reader(route);
      const reported = reader(route, { headers: { 'rxsse-client': '1' } });
      flush();
      expect(native.status).to.equal(200);
      expect(native.headers).to.include({ 'rxsse-resume': 'refused' });
      expect(native.text).to.match(/^retry: [23]\d{3}\n\n$/);
      expect(native.endedAt).to.equal(0);
      expect(reported.status).to.equal(503);
      expect(reported.headers?.['retry-after']).to.match(/^[34]$/);
    }),
  );

  it(
    'lets the readers of a feed resume exactly after the last event before it',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks, { source: eachMs });
      const route = sse(shared);
      const leaving = reader(route);
      const other = sse(shared.contract === Ticks ? shared : NEVER);
      timer(20).subscribe(() => {
        shutdown(route, { duration: 0, lastEvent: Bye('soon') });
      });
      timer(30).subscribe(() => {
        const back = reader(other, { lastEventId: leaving.lastEventId, at: '30ms', socket: '40ms X' });
        timer(15).subscribe(() => {
          const all = [...received(leaving), ...received(back)];
          expect(all.filter((one) => /^\d+$/.test(one)).map(Number)).to.deep.equal(
            all.filter((one) => /^\d+$/.test(one)).map((_, index) => index),
          );
          expect(received(leaving).at(-1)).to.equal('"soon"');
          shared.close();
        });
      });
      flush();
      expect(leaving.endedAt).to.equal(20);
      expect(leaving.lastEventId).to.match(/\.20$|\.19$/);
    }),
  );

  it(
    'accepts feeds, families of feeds, and a feed beside the route that mounts it',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const rooms = feeds(Ticks, { idleTimeout: 1000 });
      const route = sse(shared);
      const room = sse(() => rooms.get('lobby'));
      const first = reader(route);
      const second = reader(room);
      timer(5).subscribe(() => void shutdown([shared, route, rooms], { duration: 0 }));
      flush();
      expect([first.endedAt, second.endedAt]).to.deep.equal([5, 5]);
      const late = reader(room);
      flush();
      expect(late.headers).to.include({ 'rxsse-resume': 'refused' });
    }),
  );

  it('accepts a feed that is read through pipelines, in a route and outside', async () => {
    const drained: Promise<void>[] = [];
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const piped = sse((context) => shared.read(context).pipe(filterEvents(() => true)));
      const first = reader(piped);
      const outside = shared.entries().subscribe();
      timer(5).subscribe(() => drained.push(shutdown(shared, { duration: 0, retry: [3, 3] })));
      flush();
      expect(first.endedAt).to.equal(5);
      expect(retries(first.frames).at(-1)).to.equal(3);
      // It is not a connection; its subscriber unsubscribes itself.
      expect(outside.closed).to.equal(false);
      outside.unsubscribe();
    })();
    expect(await Promise.all(drained)).to.deep.equal([undefined]);
  });

  it(
    'ends the runs of a route, with and without a reader',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const stream = cold('-a-----------------------------', { a: Ticks.Tick(1) });
      const route = sse({ resume: { linger: 1e6 } }, () => stream);
      reader(route, { socket: '4ms X' });
      reader(route);
      timer(10).subscribe(() => void shutdown(route, { duration: 0 }));
      flush();
      expectSubscriptions(stream.subscriptions).toBe(['^---------!', '^---------!']);
    }),
  );

  it('resolves when the last response of all targets is delivered', async () => {
    const shared = feed(Ticks);
    const route = sse(shared);
    await listen(
      (request, response) => route(request, response),
      async (url) => {
        const wires = await Promise.all([openStream(url), openStream(url)]);
        await Promise.all(wires.map((wire) => wire.until(/rxsse.position/)));
        await shutdown([shared, route], { duration: 20, retry: [1, 2] });
        for (const wire of wires) expect(await wire.ended()).to.match(/retry: [12]\n\n$/);
      },
    );
  });

  it('resolves at once without readers, and throws for a value that is not a target', async () => {
    await shutdown(sse(NEVER));
    await shutdown([]);
    expect(() => shutdown({} as never)).to.throw(TypeError, 'shutdown: expected what sse()');
    expect(() => shutdown([], { duration: -1 })).to.throw(RangeError);
    expect(() => shutdown([], { retry: [-1, 5] })).to.throw(RangeError);
  });
});
