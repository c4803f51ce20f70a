import * as chai from 'chai';
import * as t from 'io-ts';
import { interval, map, NEVER, of, take } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { events } from '../../lib/event/events.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { rxsseChai } from '../../lib/testing/rxsseChai.ts';
import { failureOf, firstLineOf, lineAfterThis } from './failureOf.ts';

/** A value whose state is in a private field, which no comparison sees. */
class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

const MoneyFromCents = new t.Type<Money, number, unknown>(
  'Money',
  (value): value is Money => value instanceof Money,
  (value, context) => (typeof value === 'number' ? t.success(new Money(value)) : t.failure(value, context)),
  ({ cents }) => cents,
);

const Shop = events({ Sold: { price: MoneyFromCents }, Closed: { at: DateFromISOString } });

describe('the plugin for chai', () => {
  let expect: Chai.ExpectStatic;
  const { deepEqual } = chai.config as { deepEqual: unknown };

  before(() => {
    ({ expect } = chai.use(rxsseChai));
  });

  after(() => {
    Object.assign(chai.config, { deepEqual });
  });

  describe('emitMarbles', () => {
    it(
      'compares streams and readers in a marble test',
      marbles(({ cold, reader, eventSource }) => {
        expect(cold('-a-b|').pipe(map((letter) => letter.toUpperCase()))).to.emitMarbles('-A-B|');
        expect(reader(sse(cold('-a|')))).to.emitMarbles('-a|', { a: 'a' });
        expect(eventSource(sse(cold('-a|')), { retry: 5 })).to.emitMarbles('-a 3000ms |', { a: 'a' });
        expect(cold('#', {}, 'no')).to.emitMarbles('#', {}, 'no');
      }),
    );

    it(
      'compares a stream in an async marble test',
      asyncMarbles(({ cold }) => {
        expect(cold('  -a-b|')).to.emitMarbles('-a-b|');
      }),
    );

    it('runs a stream in virtual time outside of a marble test', () => {
      expect(interval(10).pipe(take(2))).to.emitMarbles('10ms a 9ms (b|)', { a: 0, b: 1 });
      expect(failureOf(() => expect(of(1)).to.emitMarbles('-')).message).to.match(/^expectObservable: the first/);
    });

    it('fails at the line of expect', () => {
      let line = '';
      const failure = failureOf(
        marbles(({ cold }) => {
          const stream = cold('-a');
          line = lineAfterThis();
          expect(stream).to.emitMarbles('-b');
          expect(stream).to.emitMarbles('-a');
        }),
      );
      expect(firstLineOf(failure)).to.equal(line);
      expect(failure.showDiff).to.equal(true);
    });

    it('throws for a value that is not a stream, and for not', () => {
      expect(() => expect(5).to.emitMarbles('-')).to.throw(TypeError, 'outside of a marble test, got number');
      expect(marbles(() => expect(5).to.emitMarbles('-'))).to.throw(TypeError, 'expected an Observable');
      expect(() => expect(NEVER).not.to.emitMarbles('-')).to.throw(TypeError, 'cannot be negated');
    });
  });

  it('adds expectNoLeaks', () => {
    expect(sse(interval(1000))).to.expectNoLeaks();
    const leaking = (_request: SseRequest, response: NodeResponse) => void response.on('close', () => {});
    expect(() => expect(leaking).to.expectNoLeaks({ sockets: ['X'] })).to.throw('1 listeners are left');
    expect(() => expect(sse(NEVER)).not.to.expectNoLeaks()).to.throw(TypeError, 'cannot be negated');
  });

  describe('deep equality', () => {
    it('compares events by what their definition sends', () => {
      const sold = (cents: number) => Shop.Sold({ price: new Money(cents) });
      expect(sold(5)).to.deep.equal(sold(5));
      expect(sold(5)).not.to.deep.equal(sold(6));
      expect([{ deep: sold(5) }]).to.deep.equal([{ deep: { type: 'sold', data: { price: new Money(5) } } }]);
      expect([{ deep: sold(5) }]).not.to.deep.equal([{ deep: { type: 'sold', data: { price: new Money(6) } } }]);
      const closed = (ms: number) => Shop.Closed({ at: new Date(ms) });
      expect(closed(1)).to.deep.equal({ type: 'closed', data: { at: new Date(1) } });
      expect(closed(1)).not.to.deep.equal(closed(2)).and.not.to.deep.equal(sold(1));
    });

    it('calls the deepEqual that was configured before for all other values', () => {
      expect({ a: [new Date(1), Number.NaN] }).to.deep.equal({ a: [new Date(1), Number.NaN] });
      expect({ a: 1 }).not.to.deep.equal({ a: 2 });
      expect(Shop.Sold({ price: new Money(1) })).not.to.deep.equal(5);
      const compared: unknown[] = [];
      const config = { deepEqual: (a: unknown, b: unknown) => compared.push([a, b]) > 0 };
      rxsseChai({ Assertion: { addMethod: () => {} }, config }, { flag: () => undefined, eql: () => false });
      expect(config.deepEqual(1, 2)).to.equal(true);
      expect(compared).to.have.length(1);
    });

    it('is used by expectations as well', () => {
      const run = (cents: number) =>
        marbles(({ cold, expectObservable }) => {
          const values = { a: Shop.Sold({ price: new Money(5) }) };
          expectObservable(cold('a', values)).toBe('a', { a: Shop.Sold({ price: new Money(cents) }) });
        });
      run(5)();
      expect(failureOf(run(6)).message).to.match(/first difference is at 0 ms/);
    });
  });
});
