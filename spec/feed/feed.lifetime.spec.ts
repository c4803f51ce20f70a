import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER, timer } from 'rxjs';
import { ClosedError, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const ticks = { a: Tick(1), b: Tick(2) };

describe('feed with a source and linger', () => {
  it(
    'stays subscribed for the linger after its last reader, also when another reader connected and ended at once',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const source = cold('a', ticks);
      const shared = feed(Ticks, { source, linger: 30 });
      const route = sse(shared);
      const atEnd = sse({ resume: { gapPolicy: 'end' } }, shared);
      reader(route, { socket: '10ms X' });
      // It ends at once; the timer of the first reader must not remain beside its own.
      reader(atEnd, { at: '20ms', lastEventId: '1.other.1' });
      reader(route, { at: '35ms', socket: '60ms X' });
      expectSubscriptions(source.subscriptions).toBe('^ 89ms !');
    }),
  );

  it('accepts a linger longer than the longest delay of a timer', () => {
    const test = marbles(({ reader }) => {
      reader(sse(feed(Ticks, { source: NEVER, linger: 2 ** 40 })), { socket: '10ms X' });
    });
    expect(test).to.throw(`due at ${10 + 2 ** 31 - 1} ms`);
  });

  for (const [name, makeLog] of Object.entries(overLogs)) {
    it(
      `does not subscribe again after end() over ${name}, also while the log stores the end`,
      marbles(({ cold, reader, flush, expectSubscriptions }) => {
        const errors: unknown[] = [];
        const source = cold('5ms a 4ms b', ticks);
        const shared = feed(Ticks, { source, log: makeLog(), onError: (error) => errors.push(error) });
        const route = sse(shared);
        const first = reader(route);
        const late = makeLog().inMemory ? 0 : 3;
        timer(7 + late).subscribe(() => shared.end());
        const second = reader(route, { at: `${8 + late}ms` });
        flush();
        expect(received(first)).to.deep.equal(['position', '1', 'end']);
        expect(received(second).at(-1)).to.equal('end');
        expect(errors).to.deep.equal([]);
        expectSubscriptions(source.subscriptions).toBe(late === 0 ? '^ 6ms !' : '---^ 6ms !');
      }),
    );
  }
});

describe('a feed whose log is closed by other code', () => {
  for (const [name, wrap] of Object.entries({ 'in memory': 0, 'that takes 3 ms': 3 })) {
    it(
      `disconnects its readers and rejects new ones, over a log ${name}`,
      marbles(({ reader, flush }) => {
        const memory = memoryLog();
        const shared = feed(Ticks, { log: wrap === 0 ? memory : withLatency(memory, wrap) });
        const errors: unknown[] = [];
        const route = sse({ onError: (error) => void errors.push(error) }, shared);
        const first = reader(route);
        const busy = reader(route, { socket: '5ms F' });
        timer(10).subscribe(() => memory.close());
        const later = reader(route, { at: '20ms' });
        flush();
        for (const r of [first, busy]) expect(r.cutAt).to.be.within(10, 13);
        expect(later.status).to.equal(500);
        expect(later.error).to.be.instanceOf(ClosedError);
        expect(errors.map((error) => error instanceof ClosedError)).to.deep.equal([true, true]);
        expect(first.listeners + busy.listeners + later.listeners).to.equal(0);
      }),
    );
  }
});

describe('a feed that is closed', () => {
  it('errors its subscribers and later ones with a ClosedError, and closes its log once', () => {
    const log = memoryLog();
    let closed = 0;
    const shared = feed(Ticks, {
      log: {
        inMemory: true,
        append: (drafts, options) => log.append(drafts, options),
        read: (after, maxBytes) => log.read(after, maxBytes),
        wakes: log.wakes,
        end: (how) => log.end(how),
        close: () => {
          closed++;
          log.close();
        },
      },
    });
    const errors: unknown[] = [];
    const read = () => shared.entries().subscribe({ error: (error) => errors.push(String(error)) });
    read();
    shared.close();
    shared.close();
    read();
    expect(closed).to.equal(1);
    expect(errors).to.deep.equal([
      'ClosedError: the feed is closed; create another one',
      'ClosedError: the feed is closed; create another one',
    ]);
  });
});
