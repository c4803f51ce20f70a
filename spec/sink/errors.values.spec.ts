import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, finalize, map, NEVER, of, timer } from 'rxjs';
import { events, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';
import { isQuiet, raise } from './failing.ts';

describe('a value that cannot be sent', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const bad: Readonly<Record<string, unknown>> = {
    'a BigInt': 1n,
    'a BigInt inside': { secret: [1n] },
    'a cycle': cycle,
    undefined,
    'a function': () => {},
    'a symbol': Symbol('secret'),
    'one whose toJSON throws': { toJSON: raise },
    'one whose getter throws': {
      get secret() {
        return raise();
      },
    },
  };
  for (const [what, value] of Object.entries(bad)) {
    it(
      `is an error of the stream, after the first byte: ${what}`,
      marbles(({ reader, expectFrames, flush }) => {
        const errors: unknown[] = [];
        const left: string[] = [];
        const stream = concat(of('first'), timer(1).pipe(map(() => value)), NEVER).pipe(
          finalize(() => left.push('left')),
        );
        const r = reader(sse({ onError: (error: unknown) => void errors.push(error) }, stream));
        expectFrames(r).toBe('f#', { f: 'first' });
        flush();
        expect(errors).to.have.length(1);
        expect(errors[0]).to.be.instanceOf(Error);
        expect(left).to.deep.equal(['left']);
        isQuiet(r);
      }),
    );

    it(
      `is an HTTP error before the first byte, and the events before it are not sent: ${what}`,
      marbles(({ reader, flush }) => {
        const errors: unknown[] = [];
        const stream = concat(of('first', value), NEVER);
        const r = reader(sse({ onError: (error: unknown) => void errors.push(error) }, stream));
        flush();
        expect([r.status, r.text, errors]).to.deep.equal([500, '', []]);
        expect(r.error).to.be.instanceOf(Error);
        isQuiet(r);
      }),
    );
  }

  it(
    'ends no other reader of the same stream',
    marbles(({ hot, reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      // Each reader has its own conversion, and one of them fails.
      const shared = hot('-a-b-c');
      const route = sse(({ query }) =>
        shared.pipe(map((name) => (name === 'b' && (query as { bad?: string }).bad ? 1n : name))),
      );
      const readers = ['/', '/?bad=1', '/'].map((url) => reader(route, { url, socket: '9ms X' }));
      flush();
      expect(readers.map(received)).to.deep.equal([['"a"', '"b"', '"c"'], ['"a"'], ['"a"', '"b"', '"c"']]);
      expect(reported.length).to.equal(1);
    }),
  );
});

describe('a first mistake with sse', () => {
  const Orders = events({ Paid: t.number });

  it('is named when the contract is passed in place of a feed or of the options', () => {
    const expected = /^sse: got the events of a contract, .* sse\(feed\(Orders\)\)/;
    expect(() => sse(Orders as never)).to.throw(TypeError, expected);
    expect(() => sse({}, Orders as never)).to.throw(TypeError, expected);
    expect(() => sse(Orders as never, NEVER)).to.throw(TypeError, expected);
  });

  it('is named when the handler is called without a response', () => {
    const handler = sse(NEVER) as unknown as (request: unknown) => void;
    expect(() => handler({ method: 'GET', headers: {} })).to.throw(TypeError, 'pass it (request, response, next)');
  });
});
