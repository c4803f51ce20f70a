import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';
import { recordReads } from './recordReads.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

describe('the readers of one feed', () => {
  /** Publishes the events to 100 readers in one turn at 10 ms; then all readers disconnect. */
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

  it('get one write for one event', publishedTo100([Tick('one')]));

  it(
    'get two writes for 1000 events that are published in one turn',
    publishedTo100(Array.from({ length: 1000 }, (_, n) => Tick(`${n}`.padEnd(38, '.')))),
  );

  it('share one read when they are at one position', () => {
    const log = recordReads(memoryLog());
    publishedTo100([Tick('one')], log)();
    // There is no read when they connect, and one for all when an event is published.
    expect(log.reads).to.deep.equal([{ after: 0, maxBytes: 64 * 1024 }]);
  });

  it('share the reads when they are equally far behind', () => {
    const log = recordReads(memoryLog());
    const many = Array.from({ length: 1000 }, (_, n) => Tick(`${n}`.padEnd(38, '.')));
    publishedTo100(many, log)();
    expect(log.reads.map(({ after }) => after > 0)).to.deep.equal([false, true]);
  });
});
