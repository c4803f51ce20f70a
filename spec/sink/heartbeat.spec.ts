import { expect } from 'chai';
import { interval, map, NEVER, type Observable, take, throwError, timer } from 'rxjs';
import { sse } from '../../lib/index.ts';
import type { TestReader } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { comment } from '../../lib/wire/index.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { trackTimers } from '../support/trackTimers.ts';

const h = comment();

/** Returns the times at which a reader was sent a heartbeat. */
function heartbeatsOf({ frames }: TestReader): readonly number[] {
  return frames.filter(({ frame }) => frame._tag === 'Comment').map(({ at }) => at);
}

describe('a heartbeat', () => {
  it(
    'is sent exactly one interval after the last write of any kind',
    marbles(({ hot, reader, expectFrames }) => {
      const source = hot('      3ms a 2ms b 19ms c 9ms     d');
      const route = sse({ heartbeat: 10 }, source);
      const r = reader(route, { socket: '60ms X' });
      // The events at 26 and 36 are due together with a heartbeat, and replace it.
      expectFrames(r).toBe('    3ms a 2ms b 9ms h 9ms c 9ms d 9ms h 9ms h', { a: 'a', b: 'b', c: 'c', d: 'd', h });
    }),
  );

  it(
    'is timed from the last write to each reader',
    marbles(({ reader, flush }) => {
      const route = sse({ heartbeat: 10 }, ({ query }) => timer(Number((query as { at: string }).at)));
      const of = (at: number, url: string, socket: string) => reader(route, { at: `${at}ms`, url, socket });
      // One reader gets an event after 3 ms and then the end; the others get none until they disconnect.
      const readers = [of(0, '/?at=1000', '35ms X'), of(4, '/?at=1000', '35ms X'), of(4, '/?at=3', '35ms X')];
      flush();
      expect(readers.map(heartbeatsOf)).to.deep.equal([[10, 20, 30], [14, 24, 34], []]);
    }),
  );

  it(
    'has one timer for all readers of an interval, which serves those together that are due within a twentieth of it',
    marbles(({ reader, flush }) => {
      const route = sse({ heartbeat: 50 }, NEVER);
      const readers = Array.from({ length: 200 }, (_, n) => reader(route, { at: `${n % 40}ms`, socket: '170ms X' }));
      const pending: number[] = [];
      for (const ms of [45, 100, 169, 171]) timer(ms).subscribe(() => pending.push(timers.pending));
      const timers = trackTimers();
      try {
        flush();
      } finally {
        timers.stop();
      }
      expect(pending).to.deep.equal([1, 1, 1, 0]);
      readers.forEach((each, n) => {
        const opened = n % 40;
        const first = opened - (opened % 3) + 50;
        expect(heartbeatsOf(each)).to.deep.equal([first, first + 50, first + 100].filter((at) => at < 170));
      });
    }),
  );

  it(
    'is written in slices to readers that are due at one time, with a turn of the event loop between them',
    marbles(({ reader, flush }) => {
      const route = sse({ heartbeat: 10 }, NEVER);
      const readers = Array.from({ length: 500 }, () => reader(route, { socket: '15ms X' }));
      const slices: number[] = [];
      let written = 0;
      const sliceIsOver = (): void => {
        slices.push(written);
        written = 0;
      };
      for (const { response } of readers) {
        const write = response.write.bind(response);
        response.write = (chunk) => {
          if (clock.now() === 10 && written++ === 0) clock.micro(sliceIsOver);
          return write(chunk);
        };
      }
      flush();
      expect(slices.reduce((sum, count) => sum + count)).to.equal(500);
      expect(Math.max(...slices)).to.be.at.most(64);
      for (const each of readers) expect(heartbeatsOf(each)).to.deep.equal([10]);
    }),
  );

  it(
    'is not sent to a full socket, and is sent one interval after that has drained',
    marbles(({ reader, flush }) => {
      const route = sse({ heartbeat: 10 }, NEVER);
      const slow = reader(route, { socket: '5ms F 49ms D 30ms X' });
      const other = reader(route, { socket: '31ms X' });
      flush();
      expect(heartbeatsOf(slow)).to.deep.equal([65, 75, 85]);
      expect(slow.overrun).to.equal(0);
      expect(heartbeatsOf(other)).to.deep.equal([10, 20, 30]);
    }),
  );

  it(
    'can fill the socket',
    marbles(({ reader, flush }) => {
      const slow = reader(sse({ heartbeat: 10 }, NEVER), { socket: '49ms D 15ms X' });
      kernelBuffer(slow, 20);
      flush();
      // The preamble and two heartbeats are 13, 16 and 19 bytes, and the third is too much.
      expect(heartbeatsOf(slow)).to.deep.equal([10, 20, 30, 59]);
      expect(slow.overrun).to.equal(0);
    }),
  );

  it(
    'has the same timer for two routes of one interval, and another for another interval',
    marbles(({ reader, flush }) => {
      const readers = [10, 10, 15].map((heartbeat) => reader(sse({ heartbeat }, NEVER), { socket: '31ms X' }));
      flush();
      expect(readers.map(heartbeatsOf)).to.deep.equal([
        [10, 20, 30],
        [10, 20, 30],
        [15, 30],
      ]);
      expect(readers.map(({ headers }) => headers['rxsse-heartbeat'])).to.deep.equal(['10', '10', '15']);
    }),
  );

  for (const heartbeat of [false, Infinity] as const) {
    it(
      `is not sent with heartbeat: ${heartbeat}, needs no timer, and is not announced`,
      marbles(({ reader, flush }) => {
        const r = reader(sse({ heartbeat }, NEVER), { socket: '9s X' });
        const timers = trackTimers();
        try {
          flush();
        } finally {
          timers.stop();
        }
        expect(heartbeatsOf(r)).to.deep.equal([]);
        expect(r.headers).not.to.have.property('rxsse-heartbeat');
        expect(timers.set).to.equal(0);
      }),
    );
  }

  it(
    'accepts an interval longer than the longest delay of a timer',
    marbles(
      ({ reader, flush }) => {
        const r = reader(sse({ heartbeat: 3_000_000_000 }, NEVER), { socket: '7000000s X' });
        const timers = trackTimers();
        try {
          flush();
        } finally {
          timers.stop();
        }
        // Node replaces a longer delay by 1 ms.
        expect(timers.longest).to.equal(2 ** 31 - 1);
        expect(heartbeatsOf(r)).to.deep.equal([3_000_000_000, 6_000_000_000]);
      },
      { until: '8000000s' },
    ),
  );

  it('is sent every 15 s by default', () => {
    marbles(
      ({ reader, flush }) => {
        const r = reader(sse(NEVER), { socket: '40s X' });
        flush();
        expect(heartbeatsOf(r)).to.deep.equal([15_000, 30_000]);
        expect(r.headers).to.include({ 'rxsse-heartbeat': '15000' });
      },
      { until: '60s' },
    )();
  });

  const endings: Readonly<Record<string, (source: Observable<unknown>) => Observable<unknown>>> = {
    'after the end': (source) => source.pipe(take(3)),
    'after a cut': (source) => source.pipe(map((n) => (n === 3 ? JSON.parse('{') : n))),
    'to one that left': (source) => source,
    'for an answer that is no stream': () => throwError(() => new Error('early')),
  };
  for (const [when, ending] of Object.entries(endings)) {
    it(
      `is never sent ${when}, and leaves no timer`,
      marbles(({ reader, flush, reportedErrors }) => {
        reportedErrors();
        const route = sse({ heartbeat: 10 }, ending(interval(25)));
        const r = reader(route, { socket: '101ms X' });
        const timers = trackTimers();
        let pending: number | undefined;
        try {
          timer(102).subscribe(() => {
            pending = timers.pending;
          });
          flush();
        } finally {
          timers.stop();
        }
        const over = r.endedAt ?? r.cutAt ?? r.leftAt ?? expect.fail('it is not over');
        for (const { at } of r.writes) expect(at).to.be.at.most(over);
        expect(heartbeatsOf(r).length).to.equal(when.startsWith('for') ? 0 : Math.floor(over / 25) * 2);
        expect([pending, r.listeners]).to.deep.equal([0, 0]);
      }),
    );
  }
});
