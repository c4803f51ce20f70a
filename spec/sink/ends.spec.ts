import { expect } from 'chai';
import { concat, EMPTY, from, map, NEVER, type Observable, of, range } from 'rxjs';
import { sse } from '../../lib/index.ts';
import type { TestReader } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { type Tick, Ticks, ways } from './ways.ts';

const values = { a: Ticks.Tick(1), b: Ticks.Tick(2), c: Ticks.Tick(3) };

/** Returns the data of the events that a reader received. */
function dataOf(reader: TestReader): readonly unknown[] {
  return received(reader)
    .filter((frame) => frame !== 'position')
    .map((frame) => (frame === 'end' ? frame : JSON.parse(frame)));
}

for (const [what, routeOf] of Object.entries(ways)) {
  describe(`the end of ${what}`, () => {
    it(
      'comes at once after all events of a synchronous stream, and leaves no listener',
      marbles(({ reader, flush }) => {
        const r = reader(routeOf(of(values.a, values.b, values.c)));
        flush();
        expect(dataOf(r)).to.deep.equal([1, 2, 3, 'end']);
        expect([r.endedAt, r.cutAt, r.listeners]).to.deep.equal([0, undefined, 0]);
        expect(r.lastEventId).to.match(/^1\.[\w-]+\.3~$/);
      }),
    );

    it(
      'is the only event of an empty stream',
      marbles(({ reader, flush }) => {
        const r = reader(routeOf(EMPTY));
        flush();
        expect(dataOf(r)).to.deep.equal(['end']);
        expect([r.status, r.endedAt, r.listeners]).to.deep.equal([200, 0, 0]);
        expect(r.lastEventId).to.match(/^1\.[\w-]+\.0~$/);
      }),
    );

    it(
      'waits for a full socket, and is sent with the waiting events in one write',
      marbles(({ hot, reader, flush }) => {
        const source = hot<Tick>('2ms a 7ms b 9ms (c|)', values);
        const r = reader(routeOf(source), { socket: '5ms F 44ms D' });
        flush();
        expect(dataOf(r)).to.deep.equal([1, 2, 3, 'end']);
        expect([r.endedAt, r.overrun, r.listeners]).to.deep.equal([50, 0, 0]);
        expect(r.writes.at(-1)?.at).to.equal(50);
      }),
    );

    it(
      'is not sent to a reader that disconnects first',
      marbles(({ hot, reader, flush }) => {
        const r = reader(routeOf(hot<Tick>('2ms a 7ms (b|)', values)), { socket: '5ms F 44ms X' });
        flush();
        expect(dataOf(r)).to.deep.equal([1]);
        expect([r.endedAt, r.leftAt, r.listeners]).to.deep.equal([undefined, 50, 0]);
      }),
    );

    it(
      'comes after a payload that is larger than any buffer',
      marbles(({ hot, reader, flush }) => {
        const text = 'x'.repeat(1_000_000);
        const source = hot<Tick>('2ms (a|)', { a: Ticks.Text(text) });
        const r = reader(routeOf(source), { socket: '20ms D 9ms D 9ms D' });
        kernelBuffer(r, 16 * 1024);
        flush();
        expect(dataOf(r)).to.deep.equal([text, 'end']);
        expect([r.cutAt, r.overrun, r.listeners]).to.deep.equal([undefined, 0, 0]);
      }),
    );

    it(
      'comes after all events of a large burst, in order',
      marbles(({ reader, flush }) => {
        const burst = range(3000).pipe(map((n) => Ticks.Tick(n)));
        const r = reader(routeOf(burst), { socket: '9ms D 9ms D 9ms D 9ms D 9ms D 9ms D' });
        kernelBuffer(r, 16 * 1024);
        flush();
        expect(dataOf(r)).to.deep.equal([...Array.from({ length: 3000 }, (_, n) => n), 'end']);
        expect([r.overrun, r.listeners]).to.deep.equal([0, 0]);
      }),
    );

    it(
      'is not sent to a reader whose socket has accepted no bytes for the stall timeout',
      marbles(({ hot, reader, flush }) => {
        const route = routeOf(hot<Tick>('2ms a 7ms (b|)', values), { stallTimeout: 1000 });
        const r = reader(route);
        kernelBuffer(r, 1);
        flush();
        expect([r.cutAt, r.endedAt, r.listeners]).to.deep.equal([1000, undefined, 0]);
      }),
    );

    it(
      'is a reported failure when the stream errors while the socket is full',
      marbles(({ hot, reader, flush, reportedErrors }) => {
        const reports = reportedErrors();
        const errors: unknown[] = [];
        const onError = (error: unknown) => {
          errors.push(error);
          return 'end' as const;
        };
        const source: Observable<Tick> = hot<Tick>('2ms a 7ms b 9ms #', values, new Error('secret'));
        const r = reader(routeOf(source, { onError }), { socket: '5ms F 44ms D' });
        flush();
        expect(dataOf(r)).to.deep.equal([1, 2, 'end']);
        expect([r.endedAt, r.overrun, r.listeners]).to.deep.equal([50, 0, 0]);
        expect(r.text).not.to.include('secret');
        // The failure of a feed's source goes to the feed's own `onError`, and not to that of the route.
        expect([errors, reports.map(({ error }) => error)].map((all) => all.map(String))).to.deep.equal(
          /feed/.test(what) ? [[], ['Error: secret']] : [['Error: secret'], []],
        );
      }),
    );
  });
}

describe('an error while the socket is full', () => {
  it(
    'cuts the connection when the socket has drained, after the earlier events',
    marbles(({ hot, reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const r = reader(sse(hot('2ms a 7ms b 9ms #')), { socket: '5ms F 44ms D' });
      flush();
      expect(reported).to.deep.equal([{ where: 'sse GET /', error: 'error' }]);
      expect(received(r)).to.deep.equal(['"a"', '"b"']);
      expect([r.cutAt, r.endedAt, r.overrun, r.listeners]).to.deep.equal([50, undefined, 0, 0]);
    }),
  );

  it(
    'sends the last event when the socket has drained, after the earlier events',
    marbles(({ hot, reader, flush }) => {
      const route = sse({ onError: () => 'sorry' }, hot('2ms a 7ms b 9ms #'));
      const r = reader(route, { socket: '5ms F 44ms D' });
      flush();
      expect(received(r)).to.deep.equal(['"a"', '"b"', '"sorry"', 'end']);
      expect([r.cutAt, r.endedAt, r.overrun, r.listeners]).to.deep.equal([undefined, 50, 0, 0]);
    }),
  );
});

describe('a reader that disconnects within a burst', () => {
  it(
    'ends the burst there',
    marbles(({ reader, flush }) => {
      let emitted = 0;
      const endless = range(0, Infinity).pipe(
        map((n) => {
          emitted++;
          if (n === 100) r.response.disconnect();
          return n;
        }),
      );
      const r: TestReader = reader(sse(endless));
      flush();
      expect(emitted).to.equal(101);
      expect([r.text, r.leftAt, r.listeners]).to.deep.equal(['', 0, 0]);
    }),
  );

  it(
    'receives nothing more of a burst that was written in part',
    marbles(({ reader, flush }) => {
      const text = 'x'.repeat(1000);
      const burst = concat(from(Array.from({ length: 100 }, () => text)), NEVER);
      const r = reader(sse(burst));
      const write = r.response.write.bind(r.response);
      r.response.write = (chunk) => {
        const more = write(chunk);
        r.response.disconnect();
        return more;
      };
      flush();
      expect([r.writes.length, r.leftAt, r.listeners]).to.deep.equal([0, 0, 0]);
    }),
  );
});
