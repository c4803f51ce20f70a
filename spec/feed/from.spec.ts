import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, from, merge, of, startWith, timer } from 'rxjs';
import { events, feed, sse } from '../../lib/index.ts';
import { fetchOf } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Prices = events({ Price: { of: t.string, is: t.number } });
const price = (of: string, is: number) => Prices.Price({ of, is });
const dataOf = (of: string, is: number) => `{"of":"${of}","is":${is}}`;

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`a pipeline whose entries other events precede, over ${name}`, () => {
    type Entries = ReturnType<ReturnType<typeof feed<typeof Prices>>['read']>;
    for (const [what, around] of Object.entries({
      startWith: startWith(price('state', 0)),
      concat: (entries: Entries) => concat(from([price('state', 0)]), entries),
      merge: (entries: Entries) => merge(of(price('state', 0)), entries),
    })) {
      it(
        `sends events without a position before the entries, by ${what}`,
        marbles(({ reader, flush }) => {
          const prices = feed(Prices, { log: makeLog() });
          const route = sse({ events: Prices }, (context) => prices.read(context).pipe(around));
          timer(30).subscribe(() => prices.publish(price('a', 1)));
          const r = reader(route, { at: '20ms', socket: '60ms X' });
          flush();
          expect(received(r)).to.deep.equal(['position', dataOf('state', 0), dataOf('a', 1)]);
          const ids = r.frames.flatMap(({ frame }) => ('id' in frame ? [frame.id?.split('.').at(-1)] : []));
          expect(ids).to.deep.equal(['0', undefined, '1']);
        }),
      );
    }
  });
}

describe('resume: { from } as a function', () => {
  for (const [how, expected] of Object.entries({ live: ['position'], oldest: ['position', dataOf('a', 1)] })) {
    it(
      `returns the start position of each request: ${how}`,
      marbles(({ reader, flush }) => {
        const prices = feed(Prices);
        prices.publish(price('a', 1));
        const options = {
          query: { how: t.string },
          resume: { from: (context: { query: { how: string } }) => context.query.how },
        };
        const r = reader(sse(options, prices), { query: { how }, socket: '5ms X' });
        flush();
        expect(received(r)).to.deep.equal(expected);
      }),
    );
  }

  it('can return a cursor, and a promise', async () => {
    const prices = feed(Prices);
    const cursor = await prices.publish(price('a', 1));
    await prices.publish(price('a', 2));
    const route = sse({ resume: { from: async () => cursor } }, prices);
    const response = await fetchOf(route)('/');
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(response.headers.get('Rxsse-Resume')).to.equal('exact');
    expect(new TextDecoder().decode(value)).to.include(`id: ${cursor}\n`);
    await reader?.cancel();
  });

  it(
    'is an HTTP error when it returns anything else',
    marbles(({ reader, flush }) => {
      const r = reader(sse({ resume: { from: () => ({ events: [], cursor: '' }) as never } }, feed(Prices)));
      flush();
      expect(String(r.error)).to.include("from must be 'live', 'oldest' or a cursor, got object");
    }),
  );
});

describe('feed.cursor', () => {
  it('returns the cursor of the newest event', async () => {
    const prices = feed(Prices);
    expect(await prices.cursor()).to.match(/^1\.[\w-]{16}\.0$/);
    const published = await prices.publish([price('a', 1), price('a', 2)]);
    expect(await prices.cursor()).to.equal(published);
  });
});
