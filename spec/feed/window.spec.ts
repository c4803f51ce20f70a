import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { received } from './received.ts';
import { recordReads } from './recordReads.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

/** Runs each function at its time. */
function at(times: Readonly<Record<number, () => void>>): void {
  for (const [ms, work] of Object.entries(times)) timer(Number(ms)).subscribe(work);
}

describe('the window of a feed over a log that is not in memory', () => {
  it(
    'is read once for all readers that keep up',
    marbles(({ reader, flush }) => {
      const log = recordReads(withLatency(memoryLog(), 3));
      const shared = feed(Ticks, { log });
      const readers = Array.from({ length: 20 }, () => reader(sse(shared), { socket: '40ms X' }));
      at({ 10: () => shared.publish(Tick(1)), 20: () => shared.publish(Tick(2)) });
      flush();
      for (const each of readers) expect(received(each)).to.deep.equal(['position', '1', '2']);
      // The window reads when it opens, and once for each wake-up.
      expect(log.reads.map(({ after }) => after)).to.deep.equal([0, 0, 1]);
    }),
  );

  it(
    'contains what was appended between its first read and its subscription to the wake-ups',
    marbles(({ reader, flush }) => {
      const log = interleave(memoryLog());
      const behind = memoryLog();
      const slow = interleave(behind);
      const r = reader(sse(feed(Ticks, { log: slow })), { socket: '40ms X' });
      at({
        1: () => expect(slow.step()).to.equal('carry out read'),
        // There is no subscription yet, and the state that is being read does not include this entry.
        2: () => feed(Ticks, { log: behind }).publish(Tick(1)),
        3: () => expect(slow.step()).to.equal('answer read'),
        4: () => expect(slow.step()).to.equal('carry out read'),
        5: () => expect(slow.step()).to.equal('answer read'),
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
      expect(r.writes.map((write) => write.at)).to.deep.equal([3, 5]);
      expect([slow.step(), log.step()]).to.deep.equal([undefined, undefined]);
    }),
  );

  it(
    'contains what was appended while it was read for an earlier wake-up',
    marbles(({ reader, flush }) => {
      const behind = memoryLog();
      const other = feed(Ticks, { log: behind });
      const slow = interleave(behind);
      const r = reader(sse(feed(Ticks, { log: slow })), { socket: '40ms X' });
      const step = () => slow.step();
      at({
        1: () => [step(), step(), step(), step()],
        2: () => other.publish(Tick(1)),
        3: step,
        4: () => other.publish(Tick(2)),
        5: step,
        6: step,
        7: step,
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2']);
      expect(r.writes.map((write) => write.at)).to.deep.equal([1, 5, 7]);
    }),
  );

  it(
    'reads many pages after one wake-up',
    marbles(({ reader, flush }) => {
      const Texts = events({ Text: t.string });
      const log = recordReads(withLatency(memoryLog({ maxBytes: 4 * 1024 * 1024 }), 1));
      const shared = feed(Texts, { log });
      const r = reader(sse(shared), { socket: '900ms X' });
      const many = Array.from({ length: 100 }, (_, n) => Texts.Text(String(n).padEnd(10_000, 'x')));
      at({ 10: () => shared.publish(many) });
      flush();
      expect(received(r).map((data) => Number.parseInt(data.slice(1), 10) || 0)).to.deep.equal([
        0,
        ...many.map((_, n) => n),
      ]);
      // Only the window reads, since the reader is never behind.
      expect(log.reads.every(({ maxBytes }) => maxBytes === 256 * 1024)).to.equal(true);
    }),
  );

  it(
    'is closed with its last reader, and reads nothing after that',
    marbles(({ reader, flush }) => {
      const log = recordReads(withLatency(memoryLog(), 3));
      const shared = feed(Ticks, { log });
      const route = sse(shared);
      reader(route, { socket: '10ms X' });
      reader(route, { at: '5ms', socket: '15ms X' });
      let before = 0;
      at({
        18: () => {
          before = log.reads.length;
          shared.publish(Tick(1));
        },
      });
      const later = reader(route, { at: '30ms', socket: '60ms X' });
      flush();
      expect(received(later)).to.deep.equal(['position']);
      expect(log.reads.slice(before)).to.deep.equal([{ after: 1, maxBytes: 256 * 1024 }]);
    }),
  );
});
