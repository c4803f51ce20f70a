import { expect } from 'chai';
import * as t from 'io-ts';
import { events, feed, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';

const Ticks = events({ Tick: t.number });
const Both = events({ Tick: t.number, Price: t.number });
const prices = () => feed(events({ Price: t.number }));
const message = 'sse: the feed has the event price, which events does not have; add it, or leave events out';

describe('a feed under the option events', () => {
  it('throws at the creation of the route if it has another event', () => {
    expect(() => sse({ events: Ticks }, prices() as never)).to.throw(TypeError, message);
  });

  it(
    'is an HTTP error if it has another event and a function returns it',
    marbles(({ reader, flush }) => {
      const r = reader(sse({ events: Ticks }, (() => prices()) as never));
      flush();
      expect([r.status, (r.error as Error).message]).to.deep.equal([500, message]);
    }),
  );

  it(
    'is served if the route has its events, and others',
    marbles(({ reader, flush }) => {
      const shared = prices();
      shared.publish({ type: 'price', data: 1 });
      const r = reader(sse({ events: Both, resume: { from: 'oldest' } }, shared), { socket: '5ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
    }),
  );
});

describe('the options of the methods of a feed', () => {
  const ticks = feed(Ticks);
  const calls: Readonly<Record<string, () => unknown>> = {
    'publish: unknown option keys; did you mean key?': () =>
      ticks.publish({ type: 'tick', data: 1 }, { keys: 'x' } as never),
    'events: unknown option form; did you mean from?': () => ticks.events({ form: 'oldest' } as never),
    'entries: unknown option form; did you mean from?': () => ticks.entries({ form: 'oldest' } as never),
    'read: unknown option form; did you mean from?': () => ticks.read({} as never, { form: 'oldest' } as never),
    "from must be 'live', 'oldest' or a cursor, got number; state is given as snapshot": () =>
      ticks.events({ from: 5 } as never),
    'read: snapshot must be a function, got array': () => ticks.read({} as never, { snapshot: [] } as never),
  };
  for (const [text, call] of Object.entries(calls)) {
    it(`are checked by the call: ${text}`, () => {
      expect(call).to.throw(TypeError, text);
    });
  }
});
