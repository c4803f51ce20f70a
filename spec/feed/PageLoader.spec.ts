import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { type EventLog, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { clock } from '../../lib/time/clock.ts';
import { received } from './received.ts';
import { recordReads } from './recordReads.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const Texts = events({ Text: t.string });

const many = (count: number): readonly ReturnType<typeof Tick>[] =>
  Array.from({ length: count }, (_, n) => Tick(n + 1));

describe('readers whose positions are before the window', () => {
  it(
    'share one read of the log when their positions are equal',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      const log = recordReads(withLatency(memory, 3));
      feed(Ticks, { log: memory }).publish(many(5));
      const route = sse({ resume: { from: 'oldest' } }, feed(Ticks, { log }));
      const readers = Array.from({ length: 20 }, () => reader(route, { socket: '40ms X' }));
      flush();
      for (const each of readers) expect(received(each)).to.deep.equal(['position', '1', '2', '3', '4', '5']);
      expect(log.reads.filter(({ after }) => after === 0)).to.deep.equal([{ after: 0, maxBytes: 64 * 1024 }]);
    }),
  );

  it(
    'receive no entry twice when a socket drains while their page is being read',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      feed(Ticks, { log: memory }).publish(many(3));
      const route = sse({ resume: { from: 'oldest' }, heartbeat: 2 }, feed(Ticks, { log: withLatency(memory, 5) }));
      // It has its position at 5 and its page at 10; a heartbeat finds the socket full at 7, and it drains at 8.
      const slow = reader(route, { socket: '6ms F 1ms D 12ms X' });
      flush();
      expect(received(slow)).to.deep.equal(['position', '1', '2', '3']);
    }),
  );

  it(
    'read the log one page at a time until their positions are in the window again',
    marbles(({ reader, flush }) => {
      const log = recordReads(withLatency(memoryLog({ maxBytes: 16 * 1024 * 1024, maxEntries: Infinity }), 1));
      const shared = feed(Texts, { log });
      const slow = reader(sse(shared), { socket: '5ms F 995ms D 999ms X' });
      const quick = reader(sse(shared), { socket: '1999ms X' });
      const text = 'x'.repeat(4000);
      const publish = (ms: number) =>
        timer(ms).subscribe(() => shared.publish({ type: 'text', data: `${ms} ${text}` }));
      for (let ms = 10; ms < 810; ms++) publish(ms);
      publish(1500);
      flush();
      expect(received(quick)).to.have.length(802);
      expect(received(slow)).to.deep.equal(received(quick));
      const own = log.reads.filter(({ maxBytes }) => maxBytes === 64 * 1024);
      // Of the 3.2 MiB, 3 MiB are not in the window, whose start differs by a page or two.
      expect(own.length).to.be.within(30, 40);
      expect(new Set(own.map(({ after }) => after)).size).to.equal(own.length);
    }),
  );

  it(
    'are written to in slices, one in each turn of the event loop, also when the write of one of them throws',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      feed(Ticks, { log: memory }).publish(many(3));
      const errors: unknown[] = [];
      const route = sse(
        {
          resume: { from: 'oldest' },
          onError: (error) => errors.push(String(error)) && 'cut',
        },
        feed(Ticks, { log: withLatency(memory, 3) }),
      );
      const readers = Array.from({ length: 600 }, () => reader(route, { socket: '20ms X' }));
      const [broken, ...others] = readers;
      let written = 0;
      const turns: number[] = [];
      const look = (): void => {
        turns.push(written);
        written = 0;
        if (clock.now() === 6 && turns.length < 20) clock.turn(look);
      };
      for (const { response } of readers) {
        const write = response.write.bind(response);
        response.write = (chunk) => {
          if (clock.now() === 6) written++;
          if (response === broken?.response && clock.now() === 6) throw new Error('broken');
          return write(chunk);
        };
      }
      timer(6).subscribe(look);
      flush();
      for (const each of others) expect(received(each)).to.deep.equal(['position', '1', '2', '3']);
      expect(broken && [received(broken), broken.cutAt, errors]).to.deep.equal([['position'], 6, ['Error: broken']]);
      expect(turns.reduce((sum, count) => sum + count)).to.equal(600);
      expect(Math.max(...turns)).to.be.at.most(256);
    }),
  );

  it(
    'end when the log ends while their page is being read',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      const other = feed(Ticks, { log: memory });
      other.publish(many(3));
      const [quick, slow] = [withLatency(memory, 1), withLatency(memory, 10)];
      const log: EventLog = {
        ...quick,
        read: (after, maxBytes) => (maxBytes === 64 * 1024 ? slow : quick).read(after, maxBytes),
      };
      const r = reader(sse({ resume: { from: 'oldest' } }, feed(Ticks, { log })));
      timer(5).subscribe(() => other.end());
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2', '3', 'end']);
      expect(r.endedAt).to.equal(11);
    }),
  );
});
