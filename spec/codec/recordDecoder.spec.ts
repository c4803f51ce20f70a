import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { recordDecoder } from '../../lib/codec/ExactShape.ts';
import { BooleanFromString, IntFromString } from '../../lib/codec/fromString.ts';
import { oneOrMany } from '../../lib/codec/oneOrMany.ts';
import { withDefault } from '../../lib/codec/withDefault.ts';

describe('recordDecoder', () => {
  const query = recordDecoder(
    {
      message: t.string,
      page: withDefault(IntFromString, () => 1),
      drafts: withDefault(BooleanFromString, () => false),
      tag: withDefault(oneOrMany(t.string), () => []),
    },
    'query',
  );

  it('decodes, fills defaults and strips unknown fields', () => {
    expect(query({ message: 'hi', page: '3', tag: 'a', debug: '1' })).to.deep.equal({
      _tag: 'Right',
      right: { message: 'hi', page: 3, drafts: false, tag: ['a'] },
    });
  });

  it('decodes a query without a prototype, as parsers create it', () => {
    const parsed: unknown = Object.assign(Object.create(null), { message: 'hi' });
    expect(isRight(query(parsed))).to.equal(true);
  });

  it('names every failure', () => {
    expect(query({ page: '1e3', tag: ['a', 5], drafts: null })).to.deep.equal({
      _tag: 'Left',
      left: [
        { path: 'query.message', expected: 'string', got: 'undefined' },
        { path: 'query.page', expected: 'a whole number in decimal digits', got: 'string' },
        { path: 'query.drafts', expected: 'true or false', got: 'null' },
        { path: 'query.tag[1]', expected: 'string', got: 'number' },
      ],
    });
    expect(query(undefined)).to.deep.equal({
      _tag: 'Left',
      left: [{ path: 'query', expected: 'object', got: 'undefined' }],
    });
  });

  it('accepts any codec', () => {
    const body = recordDecoder(t.array(t.type({ n: t.number })), 'body');
    expect(body([{ n: 1, x: 1 }])).to.deep.equal({ _tag: 'Right', right: [{ n: 1 }] });
    expect(body([1])).to.deep.equal({ _tag: 'Left', left: [{ path: 'body[0]', expected: 'object', got: 'number' }] });
  });

  it('throws at creation for a codec that an event rejects', () => {
    const two = t.union([t.type({ a: t.string }), t.type({ b: t.string })]);
    expect(() => recordDecoder({ two }, 'body')).to.throw(TypeError, 'body.two: in this union');
  });

  it('reports a bounded number of failures of a long list', () => {
    const many = Array.from({ length: 100_000 }, () => 1);
    const decoded = recordDecoder(t.array(t.string), 'body')(many);
    expect(isRight(decoded)).to.equal(false);
    expect(decoded).to.have.property('left').with.length(100);
    const custom = t
      .array(t.string)
      .pipe(new t.Type<string[]>('Custom', t.UnknownArray.is as never, t.success as never, t.identity));
    expect(recordDecoder({ custom }, 'body')({ custom: many }))
      .to.have.property('left')
      .with.length(100);
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, 1]));
    expect(recordDecoder(t.record(t.string, t.string), 'body')(fields))
      .to.have.property('left')
      .with.length(100);
  });
});
