import { expect } from 'chai';
import * as t from 'io-ts';
import { of, timer } from 'rxjs';
import {
  type Contract,
  conflateBy,
  event,
  events,
  type Feed,
  feed,
  filterEvents,
  mapEvents,
  memoryLog,
  mergeFeeds,
  sse,
} from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';
import { overLogs } from './overLogs.ts';

const Orders = events({ Order: t.number, OrdersDone: event('orders_done') });
const Prices = events({ Price: t.number });
const { Order } = Orders;
const { Price } = Prices;
const orderValues = { a: Order(1), b: Order(2), c: Order(3), d: Order(4) };
const priceValues = { p: Price(11), q: Price(12), r: Price(13) };

/** Returns what a reader received, in short: the data of events, gaps with their feed, and the names of the other frames. */
const received = (reader: TestReader): readonly string[] =>
  reader.frames.flatMap(({ frame }) => {
    if (frame._tag !== 'Message') return [];
    if (frame.event === 'rxsse.gap') {
      const { reason, feed: of } = JSON.parse(frame.data);
      return [`gap ${reason} of ${of}`];
    }
    return [frame.event?.startsWith('rxsse.') ? frame.event.slice('rxsse.'.length) : frame.data];
  });
const idsOf = (reader: TestReader): readonly (string | undefined)[] =>
  reader.frames.flatMap(({ frame }) => (frame._tag === 'Message' ? [frame.id] : []));

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`mergeFeeds over ${name}`, () => {
    it(
      'sends the events of all feeds, each with the position in all of them, and resumes exactly',
      marbles(({ hot, reader, flush }) => {
        const orders = feed(Orders, { source: hot('10ms a 19ms b 19ms c 19ms d', orderValues), log: makeLog() });
        const prices = feed(Prices, { source: hot('20ms p 19ms q 19ms r', priceValues), log: makeLog() });
        const route = sse((context) => mergeFeeds({ orders, prices }, context));
        const first = reader(route, { socket: '45ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(first)).to.deep.equal(['position', '1', '11', '2', '12']);
        expect(received(second)).to.deep.equal(['position', '3', '4', '13']);
        expect(first.headers).to.include({ 'rxsse-resume': 'live' });
        expect(second.headers).to.include({ 'rxsse-resume': 'exact' });
        const sequences = idsOf(first).map((id) => id?.replace(/^2\.[a-z0-9]+\.[^.]+\.(\d+)\.[^.]+\.(\d+)$/, '$1 $2'));
        expect(sequences).to.deep.equal(['0 0', '1 0', '1 1', '2 1', '2 2']);
        expect(first.listeners + second.listeners).to.equal(0);
        expect([orders.readers, prices.readers]).to.deep.equal([0, 0]);
      }),
    );

    it(
      'resumes after the events that a filter dropped, and sends their position in place of heartbeats',
      marbles(({ hot, reader, flush }) => {
        const orders = feed(Orders, { source: hot('10ms a 9ms b 9ms c', orderValues), log: makeLog() });
        const prices = feed(Prices, { source: hot('15ms p 9ms q', priceValues), log: makeLog() });
        const route = sse({ heartbeat: 50 }, (context) =>
          mergeFeeds({ orders, prices }, context).pipe(filterEvents(({ type }) => type === 'orders_done')),
        );
        const first = reader(route, { socket: '70ms X' });
        flush();
        expect(received(first)).to.deep.equal(['position', 'position']);
        expect(first.lastEventId).to.match(/^2\.[a-z0-9]+\.[^.]+\.3\.[^.]+\.2$/);
        const second = reader(route, { lastEventId: first.lastEventId, socket: '100ms X' });
        flush();
        expect(received(second)).to.deep.equal(['position']);
      }),
    );

    it(
      'moves no position past an event that an operator holds',
      marbles(({ hot, reader, flush }) => {
        const orders = feed(Orders, { source: hot('10ms a 9ms b', orderValues), log: makeLog() });
        const prices = feed(Prices, { source: hot('15ms p', priceValues), log: makeLog() });
        const route = sse((context) =>
          mergeFeeds({ orders, prices }, context).pipe(conflateBy(({ type }) => type, { interval: 30 })),
        );
        const first = reader(route, { socket: '25ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        const all = [...received(first), ...received(second)].filter((text) => /\d/.test(text));
        expect(all).to.include('2').and.to.include('11');
      }),
    );

    it(
      'encodes a mapped event by the contract of all feeds',
      marbles(({ reader, flush }) => {
        const orders = feed(Orders, { log: makeLog() });
        const prices = feed(Prices, { log: makeLog() });
        const route = sse((context) =>
          mergeFeeds({ orders, prices }, context).pipe(
            mapEvents((each) => (each.type === 'price' ? { ...each, data: each.data * 2 } : each)),
          ),
        );
        const r = reader(route, { socket: '50ms X' });
        timer(10).subscribe(() => prices.publish(Price(21)));
        timer(20).subscribe(() => orders.publish(Order(1)));
        flush();
        expect(received(r)).to.deep.equal(['position', '42', '1']);
      }),
    );

    it(
      'sends a gap for the one feed that was reset, and resumes the others exactly',
      marbles(({ reader, flush }) => {
        const orders = feed(Orders, { log: makeLog() });
        const before = feed(Prices, { log: makeLog() });
        const after = feed(Prices, { log: makeLog() });
        let prices = before;
        const route = sse((context) => mergeFeeds({ orders, prices }, context));
        const first = reader(route, { socket: '50ms X' });
        timer(10).subscribe(() => {
          orders.publish([Order(1), Order(2)]);
          before.publish(Price(11));
        });
        timer(60).subscribe(() => {
          prices = after;
          orders.publish(Order(3));
          after.publish(Price(12));
        });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(second)[0]).to.equal('position');
        expect(received(second).slice(1)).to.have.members(['gap epoch of prices', '12', '3']);
        expect(second.headers).to.include({ 'rxsse-resume': 'gap;reason=epoch' });
        // A reader that is cut before the gap is notified of it again.
        const cut = reader(route, { lastEventId: idsOf(second)[0] as string, socket: '300ms X' });
        flush();
        expect(received(cut)).to.deep.equal(received(second));
        const third = reader(route, { lastEventId: second.lastEventId, socket: '400ms X' });
        flush();
        expect(received(third)).to.deep.equal(['position']);
      }),
    );

    for (const [what, cursor, reason] of [
      ['of one feed', '1.AAAAAAAAAAAAAAAA.4', 'epoch'],
      ['of other feeds', '2.abc.AAAAAAAAAAAAAAAA.4', 'epoch'],
      ['that is no cursor', 'hello', 'invalid'],
      ['that is too long', `2.abc${'.A.1'.repeat(400)}`, 'invalid'],
    ] as const) {
      it(
        `sends a gap for each feed for a cursor ${what}`,
        marbles(({ reader, flush }) => {
          const [orders, prices] = [feed(Orders, { log: makeLog() }), feed(Prices, { log: makeLog() })];
          const route = sse((context) => mergeFeeds({ prices, orders }, context));
          const r = reader(route, { lastEventId: cursor, socket: '50ms X' });
          flush();
          expect(received(r)).to.deep.equal(['position', `gap ${reason} of orders`, `gap ${reason} of prices`]);
        }),
      );
    }

    it(
      'ends when all feeds have ended, and answers a reconnect with 204',
      marbles(({ reader, flush }) => {
        const orders = feed(Orders, { source: of(orderValues.a), log: makeLog() });
        const prices = feed(Prices, { log: makeLog() });
        const route = sse((context) => mergeFeeds({ orders, prices }, context));
        const r = reader(route);
        timer(50).subscribe(() => prices.end());
        flush();
        expect(received(r)).to.deep.equal(['position', '1', 'end']);
        const again = reader(route, { lastEventId: r.lastEventId });
        flush();
        expect(again.status).to.equal(204);
      }),
    );
  });
}

describe('mergeFeeds', () => {
  it(
    'errors when a feed is closed',
    marbles(({ reader, flush }) => {
      const [orders, prices] = [feed(Orders), feed(Prices)];
      const route = sse({ onError: () => 'cut' as const }, (context) => mergeFeeds({ orders, prices }, context));
      const r = reader(route);
      timer(20).subscribe(() => prices.close());
      flush();
      expect(r.writes.at(-1)?.at).to.be.below(20);
      expect(r.listeners).to.equal(0);
      expect(orders.readers).to.equal(0);
    }),
  );

  it(
    'sends the gap of its feed to a connected reader that is too slow',
    marbles(({ reader, flush }) => {
      const orders = feed(Orders, { log: memoryLog({ maxEntries: 1 }) });
      const prices = feed(Prices);
      const route = sse((context) => mergeFeeds({ orders, prices }, context));
      const r = reader(route, { socket: '5ms F 94ms D 99ms X' });
      for (let n = 1; n <= 9; n++) timer(10 * n).subscribe(() => orders.publish(Order(n)));
      timer(50).subscribe(() => prices.publish(Price(11)));
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap trimmed of orders', '9', '11']);
    }),
  );

  it('throws for feeds that it cannot merge', () => {
    const context = {} as never;
    const orders = feed(Orders);
    expect(() => mergeFeeds({}, context)).to.throw(RangeError, 'expected from 1 to 32 feeds, got 0');
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`f${n}`, orders]));
    expect(() => mergeFeeds(many, context)).to.throw(RangeError, 'got 33');
    expect(() => mergeFeeds(orders as never, context)).to.throw(
      TypeError,
      'mergeFeeds: feeds must have names, as in { orders, stock }, got a feed',
    );
    expect(() => mergeFeeds(undefined as never, context)).to.throw(TypeError, 'got undefined');
    expect(() => mergeFeeds({ orders: 5 as never }, context)).to.throw(TypeError, 'orders must be a feed');
    expect(() => mergeFeeds({ orders }, context)).to.throw(TypeError, 'context of a route');
    const other = feed(events({ Order: t.string })) as unknown as Feed<Contract>;
    expect(() => mergeFeeds({ orders, other }, context)).to.throw(TypeError, 'different events named order');
  });
});
