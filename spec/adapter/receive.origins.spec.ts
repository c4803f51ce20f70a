import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import {
  type EventLog,
  events,
  feed,
  memoryLog,
  type ReceiveOptions,
  receive,
  sse,
  withDefault,
} from '../../lib/index.ts';
import type { MarbleHelpers } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { remembered } from './posting.ts';

const Orders = events({ OrderPaid: { order: t.string } });
const paid = { type: 'order_paid', data: { order: 'A-17' } };
/** Returns the orders in a log. */
const ordersIn = (log: EventLog): readonly string[] =>
  [...remembered(log).matchAll(/"order":"(.*?)"/g)].map(([, order = '']) => order);

const json = { 'content-type': 'application/json' };

/** Returns the status of a POST with these headers, and the number of events of the feed after it. */
function posted(
  { reader, flush }: MarbleHelpers,
  headers: Record<string, string>,
  options: ReceiveOptions<never> = {},
): number | undefined {
  const answer = reader(receive(feed(Orders), options), { method: 'POST', body: paid, headers });
  flush();
  return answer.status;
}

describe('the response of receive', () => {
  const types: Readonly<Record<string, number>> = {
    'application/json': 202,
    'application/json; charset=utf-8': 202,
    'application/cloudevents+json': 202,
    'application/x-www-form-urlencoded': 415,
    'multipart/form-data; boundary=x': 415,
    'text/plain': 415,
  };
  for (const [type, status] of Object.entries(types)) {
    it(
      `is ${status} for ${type}, although a parser before it left a body`,
      marbles((kit) => {
        expect(posted(kit, { 'content-type': type })).to.equal(status);
      }),
    );
  }

  const origins: readonly (readonly [headers: Record<string, string>, status: number])[] = [
    [{}, 202],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://behind.proxy', host: 'inner:3000' }, 202],
    [{ 'sec-fetch-site': 'none' }, 202],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://other.shop.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: 'https://shop.example', host: 'shop.example' }, 202],
    [{ origin: 'http://localhost:3000', host: 'localhost:3000' }, 202],
    [{ origin: 'http://localhost:3001', host: 'localhost:3000' }, 403],
    [{ origin: 'https://evil.example', host: 'shop.example' }, 403],
    [{ origin: 'null', host: 'shop.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }, 202],
  ];
  for (const [headers, status] of origins) {
    it(
      `is ${status} for ${JSON.stringify(headers)}, where https://app.example is allowed`,
      marbles((kit) => {
        expect(posted(kit, { ...json, ...headers }, { allowedOrigins: ['https://app.example'] })).to.equal(status);
      }),
    );
  }

  it(
    "is 202 for every page with allowedOrigins: '*'",
    marbles((kit) => {
      const headers = { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
      expect(posted(kit, headers, { allowedOrigins: '*' })).to.equal(202);
    }),
  );
});

describe('the option allowedOrigins of a route', () => {
  it(
    'prevents an image of another site from starting a run',
    marbles(
      ({ reader, flush }) => {
        let started = 0;
        const route = sse({ resume: true, allowedOrigins: [] }, () => {
          started++;
          return NEVER;
        });
        const image = reader(route, { headers: { 'sec-fetch-site': 'cross-site' } });
        const own = reader(route, { headers: { 'sec-fetch-site': 'same-origin' }, socket: '5ms X' });
        flush();
        expect([image.status, own.status, started]).to.deep.equal([403, 200, 1]);
      },
      { until: '2m' },
    ),
  );

  it(
    'allows every page to open a stream by default',
    marbles(({ reader, flush }) => {
      const r = reader(sse(NEVER), { headers: { 'sec-fetch-site': 'cross-site' }, socket: '5ms X' });
      flush();
      expect(r.status).to.equal(200);
    }),
  );
});

describe('an Idempotency-Key that is used again', () => {
  const post = ({ reader, flush }: MarbleHelpers, handler: ReturnType<typeof receive>, body: unknown, user = 'ann') => {
    const headers = { ...json, 'idempotency-key': 'k1', 'x-user': user };
    const answer = reader(handler, { method: 'POST', body, headers });
    flush();
    return answer;
  };
  const other = { type: 'order_paid', data: { order: 'B-2' } };

  it(
    'gets the first cursor for the same events',
    marbles((kit) => {
      const handler = receive(feed(Orders));
      const [first, again] = [post(kit, handler, paid), post(kit, handler, paid)];
      expect([first.status, again.status]).to.deep.equal([202, 202]);
      expect(again.problem).to.deep.equal(first.problem);
    }),
  );

  it(
    'is answered 422 for other events, which are not stored',
    marbles((kit) => {
      const log = memoryLog();
      const orders = feed(Orders, { log });
      const handler = receive(orders);
      post(kit, handler, paid);
      for (const body of [other, [paid, other], [other, paid, paid]]) {
        const answer = post(kit, handler, body);
        expect([answer.status, answer.text]).to.satisfy(([status, text]: [number, string]) => {
          return status === 422 && text.includes('headers.idempotency-key');
        });
      }
      expect(ordersIn(log)).to.deep.equal(['A-17']);
    }),
  );

  it(
    'gets the first cursor, although a default of the event has another value',
    marbles((kit) => {
      let now = 0;
      const Stamped = events({
        OrderPaid: {
          order: t.string,
          lines: t.array(t.type({ sku: t.string })),
          at: withDefault(t.number, () => now++),
        },
      });
      const handler = receive(feed(Stamped));
      const sent = (sku: string) => ({ type: 'order_paid', data: { order: 'A', lines: [{ sku, extra: 1 }] } });
      const [first, again, changed] = [
        post(kit, handler, sent('x')),
        post(kit, handler, sent('x')),
        post(kit, handler, sent('y')),
      ];
      expect([first.status, again.status, changed.status]).to.deep.equal([202, 202, 422]);
      expect(again.problem).to.deep.equal(first.problem);
    }),
  );

  it(
    'is another key for another client, with the option client',
    marbles((kit) => {
      const log = memoryLog();
      const orders = feed(Orders, { log });
      const client = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
        String(headers['x-user']);
      const handler = receive(orders, { client });
      expect(post(kit, handler, paid, 'ann').status).to.equal(202);
      expect(post(kit, handler, other, 'bob').status).to.equal(202);
      expect(post(kit, handler, other, 'ann').status).to.equal(422);
      expect(ordersIn(log)).to.deep.equal(['A-17', 'B-2']);
    }),
  );
});
