import { expect } from 'chai';
import { interval, map } from 'rxjs';
import { LimitError, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { received } from '../feed/received.ts';

const numbers = interval(1);

describe('a reader that is slower than a stream without a log', () => {
  it(
    'is cut at the bound of its queue, and onError receives the error',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const route = sse({ queue: { maxEvents: 10 }, onError: (error: unknown) => void errors.push(error) }, numbers);
      const slow = reader(route, { socket: '5ms F' });
      const quick = reader(route, { socket: '30ms X' });
      flush();
      expect(slow.cutAt).to.equal(15);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.be.instanceOf(LimitError);
      expect(received(quick)).to.have.length(29);
    }),
  );

  it(
    "receives the newest events after a gap with overflow: 'drop-oldest', at positions without a hole",
    marbles(({ reader, flush }) => {
      const drops: number[] = [];
      const route = sse(
        {
          overflow: 'drop-oldest',
          queue: { maxEvents: 3 },
          onOverflow: (dropped: number) => void drops.push(dropped),
        },
        numbers,
      );
      const slow = reader(route, { socket: '4ms F 19ms D 6ms X' });
      flush();
      const frames = received(slow);
      expect(frames.slice(0, 4)).to.deep.equal(['0', '1', '2', 'gap overflow']);
      expect(frames.slice(4, 7)).to.deep.equal(['20', '21', '22']);
      expect(drops).to.deep.equal([17]);
      const ids = slow.frames.flatMap(({ frame }) => (frame._tag === 'Message' ? [frame.id?.split('.').at(-1)] : []));
      expect(ids.slice(0, 6)).to.deep.equal(['1', '2', '3', '3', '4', '5']);
      const gap = slow.frames.find(({ frame }) => frame._tag === 'Message' && frame.event === 'rxsse.gap')?.frame;
      const data = gap?._tag === 'Message' ? JSON.parse(gap.data) : {};
      expect(data).to.include({ reason: 'overflow', requested: null });
      expect(gap).to.have.property('id', data.resumedFrom);
    }),
  );

  for (const [what, character, held] of [
    ['one byte for each character', 'x', 3],
    ['two where the text has others than Latin-1', 'ж', 2],
  ] as const) {
    it(
      `has its queue bounded in bytes of memory: ${what}`,
      marbles(({ reader, flush }) => {
        const texts = numbers.pipe(map((n) => `${n} ${character.repeat(1000)}`));
        const route = sse({ overflow: 'drop-oldest', queue: { maxBytes: 4400 } }, texts);
        const slow = reader(route, { socket: '4ms F 19ms D X' });
        flush();
        const first = received(slow).map((frame) => Number.parseInt(frame.slice(1), 10));
        expect(first.filter((n) => n >= 3 && n < 23)).to.deep.equal(
          Array.from({ length: held }, (_, n) => 23 - held + n),
        );
      }),
    );
  }

  it(
    'receives one merged event for each key, in the order in which the keys first waited',
    marbles(({ reader, flush }) => {
      const prices = numbers.pipe(map((n) => ({ symbol: n % 3, sum: n })));
      const route = sse(
        {
          overflow: {
            conflateBy: ({ symbol }) => symbol,
            merge: (waiting, { symbol, sum }) => ({ symbol, sum: waiting.sum + sum }),
          },
        },
        prices,
      );
      const slow = reader(route, { socket: '2ms F 7ms D 2ms X' });
      flush();
      // 0 was sent before; 1 to 8 waited: 1 + 4 + 7, 2 + 5 + 8, 3 + 6.
      expect(received(slow).slice(0, 4)).to.deep.equal([
        '{"symbol":0,"sum":0}',
        '{"symbol":1,"sum":12}',
        '{"symbol":2,"sum":15}',
        '{"symbol":0,"sum":9}',
      ]);
    }),
  );

  it(
    'is cut when more keys wait than its queue holds',
    marbles(({ reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const route = sse({ overflow: { conflateBy: (n: unknown) => n }, queue: { maxEvents: 5 } }, numbers);
      const slow = reader(route, { socket: '2ms F' });
      flush();
      expect(slow.cutAt).to.equal(7);
      expect(reported.map(({ error }) => (error as Error).name)).to.deep.equal(['LimitError']);
    }),
  );
});
