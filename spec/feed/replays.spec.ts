import { expect } from 'chai';
import * as t from 'io-ts';
import { Observable } from 'rxjs';
import { type EventLog, events, feed, memoryLog, type Page, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const many = (count: number) => Array.from({ length: count }, (_, n) => Ticks.Tick(n + 1));

/** Returns a log that records the most reads of its entries that ran at once. */
function watched(log: EventLog): EventLog & { readonly most: () => number } {
  let now = 0;
  let most = 0;
  return {
    append: (drafts, options) => log.append(drafts, options),
    read: (after, maxBytes) => {
      const read = log.read(after, maxBytes);
      if (maxBytes === 0) return read;
      now++;
      most = Math.max(most, now);
      return new Observable<Page>((subscriber) => {
        subscriber.add(() => now--);
        return read.subscribe(subscriber);
      });
    },
    wakes: log.wakes,
    end: (how) => log.end(how),
    close: () => log.close(),
    most: () => most,
  };
}

describe('feed with maxConcurrentReads', () => {
  const cursors = (memory: EventLog): readonly string[] => {
    let epoch = '';
    memory.read(0, 0).subscribe((state) => {
      epoch = state.epoch;
    });
    return Array.from({ length: 30 }, (_, n) => `1.${epoch}.${n}`);
  };

  for (const maxConcurrentReads of [1, 3, undefined]) {
    it(
      `runs at most ${maxConcurrentReads ?? '64 (the default)'} reads at once, and every reader receives what it missed`,
      marbles(({ reader, flush }) => {
        const memory = memoryLog();
        feed(Ticks, { log: memory }).publish(many(30));
        const log = watched(withLatency(memory, 5));
        const route = sse(feed(Ticks, { log, ...(maxConcurrentReads === undefined ? {} : { maxConcurrentReads }) }));
        const readers = cursors(memory).map((lastEventId) => reader(route, { lastEventId, socket: '900ms X' }));
        flush();
        readers.forEach((each, n) => {
          const missed = many(30)
            .slice(n)
            .map(({ data }) => String(data));
          expect(received(each)).to.deep.equal(['position', ...missed]);
        });
        // The reader at entry 30 has missed none; the feed itself follows the tail.
        expect(log.most())
          .to.be.at.least(1)
          .and.at.most((maxConcurrentReads ?? 30) + 1);
      }),
    );
  }

  it(
    'starts no waiting read whose readers have disconnected, and delays no other reader by it',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      feed(Ticks, { log: memory }).publish(many(30));
      const log = watched(withLatency(memory, 10));
      const route = sse(feed(Ticks, { log, maxConcurrentReads: 1 }));
      const [first, ...rest] = cursors(memory);
      const last = rest.pop();
      const stays = reader(route, { lastEventId: first ?? '', socket: '900ms X' });
      for (const lastEventId of rest) reader(route, { lastEventId, socket: '12ms X' });
      const waits = reader(route, { lastEventId: last ?? '', socket: '900ms X' });
      flush();
      expect(received(stays)).to.have.length(31);
      expect(received(waits)).to.have.length(2);
      const done = waits.writes.at(-1)?.at ?? Infinity;
      expect(done).to.be.below(100);
    }),
  );
});
