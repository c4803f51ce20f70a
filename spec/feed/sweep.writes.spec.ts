import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { counted } from './counted.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

describe('the readers of one feed', () => {
  /** A hundred readers, and what is published in one turn at 10 ms; then everybody leaves. */
  const publishedTo100 = (events: readonly ReturnType<typeof Tick>[], log = memoryLog()) =>
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks, { log });
      const route = sse(shared);
      const readers = Array.from({ length: 100 }, () => reader(route, { socket: '20ms X' }));
      timer(10).subscribe(() => {
        for (const event of events) shared.publish(event);
      });
      flush();
      for (const each of readers) {
        expect(received(each)).to.deep.equal(['position', ...events.map(({ data }) => JSON.stringify(data))]);
        const [head, ...writes] = each.writes.map(({ at }) => at);
        expect(head).to.equal(0);
        // 1000 events of 40 bytes are a little more than a page.
        expect(writes).to.deep.equal(events.length === 1 ? [10] : [10, 10]);
        expect(each.listeners).to.equal(0);
      }
    });

  it('are written to once for one event', publishedTo100([Tick('one')]));

  it(
    'are written to twice, at most, for 1000 events that are published in one turn',
    publishedTo100(Array.from({ length: 1000 }, (_, n) => Tick(`${n}`.padEnd(38, '.')))),
  );

  it('share what is read where they stand at one place', () => {
    const log = counted(memoryLog());
    publishedTo100([Tick('one')], log)();
    // Not at all when they came, and once for all when there was something.
    expect(log.reads).to.deep.equal([{ after: 0, maxBytes: 64 * 1024 }]);
  });

  it('share what is read where they lie equally far back', () => {
    const log = counted(memoryLog());
    const many = Array.from({ length: 1000 }, (_, n) => Tick(`${n}`.padEnd(38, '.')));
    publishedTo100(many, log)();
    expect(log.reads.map(({ after }) => after > 0)).to.deep.equal([false, true]);
  });
});
