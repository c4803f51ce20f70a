import { expect } from 'chai';
import * as t from 'io-ts';
import { type EventOf, events, feed } from '../../lib/index.ts';
import { turn } from '../http/slow/watched.ts';
import { deferred } from '../support/deferred.ts';
import { waitingIterable } from '../support/waitingIterable.ts';
import { waitingStreams } from '../support/waitingStreams.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
type Tick = EventOf<typeof Ticks>;

/** More than is read in some turns; with an end, so that a source without turns fails and does not hang. */
const many = 100_000;

/** Returns the data of all events of a feed that has this source, when it has ended. */
const dataOf = (source: () => Iterable<Tick> & object) =>
  new Promise<readonly unknown[]>((resolve, reject) => {
    const data: unknown[] = [];
    feed(Ticks, { source })
      .events({ from: 'oldest' })
      .subscribe({ next: (event) => data.push(event.data), error: reject, complete: () => resolve(data) });
  });

describe('a source that is an iterable', () => {
  it('is read to its end, which ends the feed', async () => {
    expect(await dataOf(() => [Tick(1), Tick(2)])).to.deep.equal([1, 2]);
  });

  let produced = 0;
  for (const [what, source] of [
    [
      'a generator',
      function* () {
        while (produced < many) yield Tick(produced++);
      },
    ],
    [
      'an async generator that awaits nothing',
      async function* () {
        while (produced < many) yield Tick(produced++);
      },
    ],
  ] as const) {
    it(`leaves the event loop its turns while ${what} has values`, async () => {
      produced = 0;
      const ticks = feed(Ticks, { source, start: 'now' });
      for (let n = 0; n < 20; n++) await turn();
      ticks.close();
      expect(produced).to.be.within(1, many - 1);
    });
  }

  it('is returned from when it is unsubscribed from, even while a value is awaited', async () => {
    const { iterable, requested, returned } = waitingIterable();
    const ticks = feed(Ticks, { source: () => iterable, start: 'now' });
    await requested.promise;
    ticks.close();
    await returned.promise;
  });

  it('is created again for each attempt when it throws', async () => {
    const down = new Error('down');
    const [failures, ended] = [[] as unknown[], deferred()];
    const ticks = feed(Ticks, {
      source: async function* ({ attempt }) {
        if (attempt === 0) throw down;
        yield Tick(attempt);
      },
      restart: { initialDelay: 1, maxDelay: 1 },
      onError: (error) => failures.push(error),
    });
    const data: unknown[] = [];
    ticks
      .events({ from: 'oldest' })
      .subscribe({ next: (event) => data.push(event.data), complete: () => ended.resolve() });
    await ended.promise;
    expect([failures, data]).to.deep.equal([[down], [1]]);
  });

  for (const [kind, create] of Object.entries(waitingStreams)) {
    it(`releases ${kind} when the feed is closed while a value is awaited`, async () => {
      const { stream, requested, released } = create();
      const ticks = feed(Ticks, { source: () => stream, start: 'now' });
      await requested.promise;
      ticks.close();
      await released.promise;
    });
  }
});
