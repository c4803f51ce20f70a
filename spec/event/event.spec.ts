import { deepStrictEqual } from 'node:assert';
import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { withDefault } from '../../lib/codec/withDefault.ts';
import { CheckedEvent } from '../../lib/event/encodeEvent.ts';
import { event } from '../../lib/event/event.ts';
import { definitionOf } from '../../lib/event/stamp.ts';

const noon = new Date('2026-05-01T12:00:00Z');

describe('event', () => {
  const Echo = event('echo', { message: t.string, created_at: withDefault(DateFromISOString, () => noon) });
  const Ping = event('ping');
  const Tick = event('tick', t.number);

  it('creates a plain object', () => {
    const echo = Echo({ message: 'hello' });
    const literal = { type: 'echo', data: { message: 'hello', created_at: noon } };

    expect(echo).to.deep.equal(literal);
    deepStrictEqual(echo, literal);
    expect({ ...echo }).to.deep.equal(literal);
    expect(Object.keys(echo)).to.deep.equal(['type', 'data']);
    expect(JSON.stringify(echo)).to.equal(JSON.stringify(literal));
  });

  it('is rejected with a default that is not a function, where it is declared', () => {
    expect(() => withDefault(t.string, 'main' as never)).to.throw(
      TypeError,
      'withDefault: value must be a function, got string; write () => value for one that is always the same',
    );
  });

  it('marks the events that it creates, but not their copies', () => {
    const echo = Echo({ message: 'hello' });

    expect(definitionOf(echo)).to.equal(Echo);
    expect(definitionOf({ ...echo })).to.equal(undefined);
    expect(definitionOf(structuredClone(echo))).to.equal(undefined);
    for (const other of [null, undefined, 1, 'echo', {}, [], Echo]) expect(definitionOf(other)).to.equal(undefined);
  });

  it('has null for data when it has no shape', () => {
    expect(Ping()).to.deep.equal({ type: 'ping', data: null });
    expect(new CheckedEvent(Ping, Ping()).data).to.equal('null');
  });

  it('accepts a codec for data that is not a record', () => {
    expect(Tick(3)).to.deep.equal({ type: 'tick', data: 3 });
  });

  it('has the name of the event as its own', () => {
    expect(Echo.type).to.equal('echo');
    expect(Reflect.get(Echo, 'name')).to.equal('echo');
    expect(Object.isFrozen(Echo)).to.equal(true);
  });

  it('does not copy data without missing fields', () => {
    const data = { message: 'hello', created_at: noon };
    expect(Echo(data).data).to.equal(data);
  });

  it('fills a default when the field is absent or undefined, in a copy', () => {
    const data = { message: 'hello', created_at: undefined };

    expect(Echo(data).data).to.deep.equal({ message: 'hello', created_at: noon });
    expect(data.created_at).to.equal(undefined);
    expect(Echo({ message: 'hello' }).data.created_at).to.equal(noon);
    expect(Echo({ message: 'hello', created_at: new Date(0) }).data.created_at).to.deep.equal(new Date(0));
  });

  it('fills a default of a field whose name each object inherits', () => {
    const Named = event('named', { constructor: withDefault(t.string, () => 'a'), valueOf: t.number });
    expect(Named({ valueOf: 1 } as never).data).to.deep.equal({ constructor: 'a', valueOf: 1 });
  });

  it('calls a default for each event', () => {
    let made = 0;
    const Counted = event('counted', { n: withDefault(t.number, () => ++made) });
    expect([Counted({}).data.n, Counted({ n: 9 }).data.n, Counted({}).data.n]).to.deep.equal([1, 9, 2]);
  });

  describe('with bad data', () => {
    const refuses = (make: () => unknown, ...lines: string[]): void => {
      expect(make).to.throw(TypeError).with.property('message', lines.join('\n'));
    };

    it('throws an error with a line for each path', () => {
      const Order = event('order', { who: t.type({ name: t.string }), items: t.array(t.type({ price: t.number })) });
      const wrong = { who: {}, items: [{ price: 1 }, { price: '2' }] };
      refuses(
        () => Reflect.apply(Order, undefined, [wrong]),
        'order.data.who.name: expected string, got undefined',
        'order.data.items[1].price: expected number, got string',
      );
    });

    it('throws when a default is missing and when it is wrong', () => {
      refuses(() => Reflect.apply(Echo, undefined, [{}]), 'echo.data.message: expected string, got undefined');
      refuses(() => Reflect.apply(Echo, undefined, []), 'echo.data: expected object, got undefined');
      const Broken = event('broken', { at: withDefault(DateFromISOString, () => new Date(Number.NaN)) });
      refuses(() => Broken({}), 'broken.data.at: expected DateFromISOString, got invalid Date');
      refuses(
        () => Reflect.apply(Echo, undefined, [{ message: 'x', created_at: null }]),
        'echo.data.created_at: expected DateFromISOString, got null',
      );
    });

    it('rejects numbers that JSON cannot represent', () => {
      refuses(() => Tick(Number.NaN), 'tick.data: expected number, got NaN');
      refuses(() => Tick(Number.POSITIVE_INFINITY), 'tick.data: expected number, got Infinity');
      refuses(() => Tick(Number.NEGATIVE_INFINITY), 'tick.data: expected number, got Infinity');
    });

    it('rejects data for an event without data', () => {
      refuses(() => Reflect.apply(Ping, undefined, [1]), 'ping.data: expected null, got number');
    });

    it('describes also the mismatch of a custom codec whose is and validate disagree', () => {
      const odd = new t.Type<string>('Odd', (_): _ is string => false, t.success as never, t.identity);
      refuses(() => event('odd', odd)('x'), 'odd.data: expected Odd, got string');
    });
  });

  describe('codec', () => {
    it('decodes and encodes the whole event', () => {
      const wire = { type: 'echo', data: { message: 'hello', created_at: '2026-05-01T14:00:00+02:00' } };
      const decoded = Echo.codec.decode(wire);

      expect(decoded).to.deep.equal({
        _tag: 'Right',
        right: { type: 'echo', data: { message: 'hello', created_at: noon } },
      });
      const utc = { type: 'echo', data: { message: 'hello', created_at: '2026-05-01T12:00:00.000Z' } };
      expect(Echo.codec.encode(Echo({ message: 'hello' }))).to.deep.equal(utc);
      expect(Echo.payload.encode({ message: 'hello', created_at: noon })).to.deep.equal(utc.data);
    });

    it('marks decoded events, which are checked as well', () => {
      const decoded = Tick.codec.decode({ type: 'tick', data: 1 });
      expect(isRight(decoded) && definitionOf(decoded.right)).to.equal(Tick);
    });

    it('rejects another event and a missing default', () => {
      expect(isRight(Tick.codec.decode({ type: 'tock', data: 1 }))).to.equal(false);
      expect(isRight(Tick.codec.decode({ data: 1 }))).to.equal(false);
      expect(isRight(Tick.codec.decode(null))).to.equal(false);
      expect(isRight(Echo.codec.decode({ type: 'echo', data: { message: 'hello' } }))).to.equal(false);
    });

    it('nests in the shape of another event', () => {
      const Batch = event('batch', { events: t.array(t.union([Echo.codec, Tick.codec])) });
      const batch = Batch({ events: [Tick(1), Echo({ message: 'hello' })] });
      const text = new CheckedEvent(Batch, batch).data;

      expect(text).to.contain('2026-05-01T12:00:00.000Z');
      expect(Batch.payload.decode(JSON.parse(text))).to.deep.equal({ _tag: 'Right', right: batch.data });
    });
  });

  it('recognizes its events, also of another copy of the library', () => {
    expect(Tick.is(Tick(1))).to.equal(true);
    expect(Tick.is({ type: 'tick', data: 1 })).to.equal(true);
    for (const other of [
      null,
      undefined,
      'tick',
      { type: 'tock', data: 1 },
      { type: 'tick', data: '1' },
      { type: 'tick' },
    ]) {
      expect(Tick.is(other)).to.equal(false);
    }
  });

  describe('rejects at definition', () => {
    const define = (shape: unknown) => () => Reflect.apply(event, undefined, ['x', shape]);

    it('a default below the top', () => {
      const field = withDefault(t.string, () => '');
      for (const shape of [
        { a: t.type({ b: field }) },
        { a: t.array(field) },
        { a: t.union([field, t.null]) },
        { a: withDefault(field, () => '') },
        t.type({ a: field }),
        field,
      ]) {
        expect(define(shape)).to.throw(TypeError, /^x\.data.*: withDefault works only on a field of the record/);
      }
    });

    it('a value that is not a codec', () => {
      expect(define({ a: { b: t.string } })).to.throw(TypeError, 'x.data.a: expected a codec or a Standard Schema');
      expect(define({ a: 'string' })).to.throw(TypeError, 'x.data.a: expected a codec or a Standard Schema');
      expect(define('string')).to.throw(TypeError, 'x.data: expected a record of codecs, a codec or a Standard Schema');
      expect(define(null)).to.throw(TypeError, 'x.data: expected a record of codecs, a codec or a Standard Schema');
    });

    it('data that may be undefined', () => {
      expect(define(t.union([t.string, t.undefined]))).to.throw(TypeError, 'x.data: JSON cannot carry undefined');
    });
  });
});
