import { createRequire } from 'node:module';
import { expect } from 'chai';
import * as t from 'io-ts';
import { DateFromISOString } from '../../../lib/codec/DateFromISOString.ts';
import { CheckedEvent } from '../../../lib/event/encodeEvent.ts';
import { event } from '../../../lib/event/event.ts';
import { leaky, lines, messageOf, received, refused, sent, user } from './sample.ts';

describe('exact', () => {
  it('rejects what JSON cannot represent', () => {
    refused({ n: t.bigint }, 'x.data.n: JSON cannot carry a bigint; use a codec that encodes it');
    refused({ f: t.array(t.Function) }, 'x.data.f[]: JSON cannot carry a Function');
    refused(t.array(t.union([t.string, t.undefined])), 'x.data[]: JSON has no undefined in an array; use t.null');
    refused(t.tuple([t.undefined]), 'x.data[0]: JSON has no undefined in an array');
    refused(
      t.record(DateFromISOString, t.string),
      'x.data: the keys of a record are strings, and DateFromISOString is not',
    );
    refused(t.record(t.number, t.string), 'x.data: the keys of a record are strings, and number is not');
  });

  it('rejects NaN and infinite numbers at any depth', () => {
    expect(messageOf({ a: t.array(t.type({ n: t.number })) }, { a: [{ n: Number.NaN }] })).to.equal(
      'x.data.a[0].n: expected number, got NaN',
    );
    expect(messageOf(t.Int, Number.NaN)).to.equal('x.data: expected Int, got NaN');
    expect(messageOf(t.record(t.string, t.number), { k: Number.POSITIVE_INFINITY })).to.equal(
      'x.data.k: expected number, got Infinity',
    );
  });

  it('rejects the holes of an array, which JSON fills with null', () => {
    const holes: number[] = [1];
    holes[2] = 3;
    expect(messageOf(t.array(t.number), holes)).to.equal('x.data[1]: expected number, got undefined');
  });

  it('treats a field that may be undefined as one that may be absent', () => {
    const shape = { note: t.union([t.string, t.undefined]), n: t.number };
    expect(sent(shape, { n: 1 })).to.deep.equal({ n: 1 });
    expect(sent(shape, { n: 1, note: undefined })).to.deep.equal({ n: 1 });
    expect(received(shape, { n: 1 })).to.deep.equal({ n: 1, note: undefined });
    expect(received(t.partial({ note: t.string }), { note: undefined })).to.deep.equal({});
  });

  it('accepts as many items as a tuple has', () => {
    const pair = t.tuple([t.string, t.number]);
    expect(received(pair, ['a', 1, 'more'])).to.deep.equal(['a', 1]);
    expect(lines(pair, ['a'])).to.deep.equal(['x[1]: expected number, got undefined']);
    expect(lines(pair, 'a')).to.deep.equal(['x: expected array of 2 items, got string']);
    expect(messageOf(pair, ['a', 1, 'more'])).to.equal('x.data: expected [string, number], got array');
  });

  it('preserves names that the user chose and shortens those of io-ts in messages for the program', () => {
    expect(messageOf(t.type({ a: t.string }), 1)).to.equal('x.data: expected object, got number');
    expect(messageOf(t.type({ a: t.string }, 'Thing'), 1)).to.equal('x.data: expected Thing, got number');
    expect(messageOf(t.strict({ a: t.string }, 'Thing'), 1)).to.equal('x.data: expected Thing, got number');
    expect(messageOf(t.strict({ a: t.string }), 1)).to.equal('x.data: expected object, got number');
    expect(messageOf(t.partial({ a: t.string }), 1)).to.equal('x.data: expected object, got number');
    expect(messageOf(t.readonly(t.type({ a: t.string })), 1)).to.equal('x.data: expected object, got number');
    expect(messageOf(t.array(t.type({ a: t.string })), 1)).to.equal('x.data: expected Array<object>, got number');
    expect(messageOf(t.record(t.string, t.string), 1)).to.equal('x.data: expected object, got number');
    expect(messageOf(t.refinement(t.number, Number.isInteger), 1.5)).to.equal(
      'x.data: expected number (isInteger), got number',
    );
    expect(messageOf(t.union([t.string, t.null], 'Name'), 1)).to.equal('x.data: expected Name, got number');
    expect(messageOf(t.intersection([user, t.type({ age: t.number }, 'Aged')]), 1)).to.equal(
      'x.data: expected User & Aged, got number',
    );
  });

  it('applies a predicate to the decoded value, and to an exact one', () => {
    const later = t.refinement(
      t.type({ from: DateFromISOString, to: DateFromISOString }),
      ({ from, to }) => from < to,
      'Span',
    );
    const wire = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    expect(received(later, wire)).to.have.keys('from', 'to');
    expect(lines(later, { from: wire.to, to: wire.from })).to.deep.equal(['x: expected Span, got object']);
    expect(messageOf(later, { from: new Date(1), to: new Date(0) })).to.equal('x.data: expected Span, got object');
    const both = t.intersection([later, t.type({ n: t.number })]);
    expect(received(both, { ...wire, n: 1 })).to.have.keys('from', 'to', 'n');
    expect(lines(both, { from: wire.to, to: wire.from, n: 1 })).to.deep.equal([
      'x: expected Span & object, got object',
    ]);
    const bare = t.refinement(user, (value) => Object.keys(value).length === 1, 'Bare');
    expect(received(bare, leaky)).to.deep.equal({ name: 'Ada' });
  });

  it('uses custom codecs as they are', () => {
    const shout = new t.Type<string, string>(
      'Shout',
      t.string.is,
      (value, context) => (typeof value === 'string' ? t.success(value.toLowerCase()) : t.failure(value, context)),
      (text) => text.toUpperCase(),
    );
    expect(sent({ a: shout }, { a: 'hey' })).to.deep.equal({ a: 'HEY' });
    expect(received({ a: shout }, { a: 'HEY' })).to.deep.equal({ a: 'hey' });
    expect(lines(t.type({ a: shout }), { a: 5 })).to.deep.equal(['x.a: expected Shout, got number']);
    expect(messageOf({ a: shout }, { a: 5 })).to.equal('x.data.a: expected Shout, got number');
    expect(sent({ a: t.string.pipe(shout) }, { a: 'hey' })).to.deep.equal({ a: 'HEY' });
  });

  describe('an intersection', () => {
    it('decodes each field once and combines what the parts decoded', () => {
      const both = t.intersection([t.type({ at: DateFromISOString }), t.partial({ n: t.number })]);
      expect(received(both, { at: '1970-01-01T00:00:00Z', n: 1 })).to.deep.equal({ at: new Date(0), n: 1 });
      expect(sent(both, { at: new Date(0) })).to.deep.equal({ at: '1970-01-01T00:00:00.000Z' });
      expect(lines(both, { n: 'x' })).to.deep.equal([
        'x.at: expected a date and time with an offset, such as 2026-01-31T12:00:00Z, got undefined',
        'x.n: expected number, got string',
      ]);
    });

    it('requires a field that one part requires', () => {
      const both = t.intersection([t.partial({ n: t.number }), t.type({ n: t.Int })]);
      expect(lines(both, {})).to.deep.equal(['x.n: expected number & Int, got undefined']);
      expect(lines(both, { n: 1.5 })).to.deep.equal(['x.n: expected number & Int, got number']);
    });

    it('narrows literals and primitives', () => {
      expect(received(t.intersection([t.string, t.keyof({ a: null, b: null }), t.literal('b')]), 'b')).to.equal('b');
      expect(lines(t.intersection([t.number, t.Int]), 1.5)).to.deep.equal(['x: expected number & Int, got number']);
      const narrowed = t.intersection([
        t.union([t.type({ kind: t.literal('a'), n: t.number }), t.type({ kind: t.literal('b'), s: t.string })]),
        t.type({ kind: t.literal('b') }),
      ]);
      expect(received(narrowed, { kind: 'b', s: 'x', n: 1 })).to.deep.equal({ kind: 'b', s: 'x' });
    });

    it('ignores a part that accepts anything', () => {
      expect(received(t.intersection([t.unknown, user]), leaky)).to.deep.equal({ name: 'Ada' });
    });

    it('is rejected when it cannot be compiled into one codec, or no value can match', () => {
      const custom = new t.Type<string>('Custom', t.string.is, t.string.validate, t.identity);
      refused(t.intersection([user, custom]), 'x.data: User & Custom cannot be made exact: write it as one codec');
      refused(t.intersection([t.array(t.string), t.array(t.number)]), 'cannot be made exact');
      refused(t.intersection([DateFromISOString, t.string]), 'x.data: DateFromISOString & string cannot be made exact');
      refused(
        t.intersection([t.type({ at: DateFromISOString }), t.type({ at: t.string })]),
        'x.data.at: DateFromISOString & string cannot be made exact',
      );
      const never: t.Mixed = t.intersection([t.string, t.Int as t.Mixed, t.null as t.Mixed]);
      refused(never, 'x.data: nothing can be string & Int & null');
    });
  });

  it('compiles codecs of another copy of io-ts', () => {
    const require = createRequire(import.meta.url);
    const path = require.resolve('io-ts');
    const first: unknown = require(path);
    delete require.cache[path];
    const other: typeof t = require(path);
    expect(other).not.to.equal(first);

    const shape = other.type({
      user: other.intersection([other.type({ name: other.string }), other.type({ at: DateFromISOString })]),
      more: other.union([other.null, other.array(other.type({ n: other.number }))]),
    });
    const Other = event('other', shape);
    const made = Other({ user: { ...leaky, at: new Date(0) }, more: [{ n: 1, ...leaky }] });
    expect(new CheckedEvent(Other, made).data).to.equal(
      '{"user":{"name":"Ada","at":"1970-01-01T00:00:00.000Z"},"more":[{"n":1}]}',
    );
    expect(() => event('x', other.union([other.type({ p: other.string }), other.type({ q: other.string })]))).to.throw(
      TypeError,
    );
    expect(() => event('x', { n: other.bigint })).to.throw(TypeError);
  });
});
