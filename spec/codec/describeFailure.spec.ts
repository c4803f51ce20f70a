import { expect } from 'chai';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeFailure, issuesOf } from '../../lib/codec/describeFailure.ts';
import { kindOf } from '../../lib/data/kindOf.ts';
import { event } from '../../lib/event/event.ts';
import { withMessage } from './withMessage.ts';

function failures(codec: t.Mixed, value: unknown): t.Errors {
  const decoded = codec.decode(value);
  return isLeft(decoded) ? decoded.left : [];
}

const lines = (codec: t.Mixed, value: unknown): readonly string[] => describeFailure(failures(codec, value), 'root');

describe('describeFailure', () => {
  it('names the path, what was expected and the kind of the value', () => {
    const codec = t.type({ message: t.string, items: t.array(t.type({ price: t.number })) });
    expect(lines(codec, { items: [{ price: 1 }, { price: 'secret' }] })).to.deep.equal([
      'root.message: expected string, got undefined',
      'root.items[1].price: expected number, got string',
    ]);
    expect(lines(t.string, 5)).to.deep.equal(['root: expected string, got number']);
    expect(lines(t.string, 'fine')).to.deep.equal([]);
  });

  it('returns the same as data', () => {
    expect(issuesOf(failures(t.type({ a: t.string }), { a: null }), 'query')).to.deep.equal([
      { path: 'query.a', expected: 'string', got: 'null' },
    ]);
  });

  it('describes a union in one line, although io-ts reports every member', () => {
    const codec = t.type({ a: t.union([t.type({ p: t.string }), t.type({ q: t.string }), t.null]) });
    const [line, ...others] = lines(codec, { a: { p: 1 } });
    expect(line).to.match(/^root\.a: expected \(\{ p: string \} \| .*, got object$/);
    expect(others).to.deep.equal([]);
    expect(lines(t.readonly(t.union([t.string, t.null])), {})).to.deep.equal([
      'root: expected Readonly<(string | null)>, got object',
    ]);
  });

  it('leaves the parts of an intersection out of the path', () => {
    const codec = t.intersection([t.type({ a: t.string }), t.type({ b: t.type({ c: t.string }) })]);
    expect(lines(codec, { b: {} })).to.deep.equal([
      'root.a: expected string, got undefined',
      'root.b.c: expected string, got undefined',
    ]);
    expect(lines(t.exact(codec), { b: {} })).to.deep.equal(lines(codec, { b: {} }));
    expect(lines(t.intersection([t.type({ a: t.string }), t.type({ a: t.string })]), {})).to.have.length(1);
  });

  it('stops at eight lines and counts the others', () => {
    const all = lines(
      t.array(t.string),
      Array.from({ length: 20 }, () => 5),
    );
    expect(all).to.have.length(9);
    expect(all[7]).to.equal('root[7]: expected string, got number');
    expect(all[8]).to.equal('and 12 more');
    expect(
      lines(
        t.array(t.string),
        Array.from({ length: 8 }, () => 5),
      ),
    ).to.have.length(8);
  });

  it('bounds the length of a line', () => {
    const name = 'N'.repeat(10_000);
    const deep = Array.from({ length: 100 }).reduce<t.Mixed>((inner) => t.record(t.string, inner), t.type({}, name));
    const value = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ ['k'.repeat(1000)]: inner }), 1);
    const [line] = lines(deep, value);
    expect(line).to.have.length.below(1000);
    expect(line).to.contain('.…: expected NNN').and.contain('…, got number');
  });

  it('shows no message that contains the value', () => {
    const codec = new t.Type<string>(
      'Secret',
      t.string.is,
      (value, context) => t.failure(value, context, `bad ${value}`),
      t.identity,
    );
    expect(describeFailure(failures(event('x', codec).payload, 'hunter2'), 'root')).to.deep.equal([
      'root: expected Secret, got string',
    ]);
    const quoting = withMessage(t.number, (value) => `not ${value}`);
    expect(describeFailure(failures(event('x', quoting).payload, 'hunter2'), 'root')).to.deep.equal([
      'root: expected number, got string',
    ]);
  });

  it('shows the message of a codec that has one', () => {
    const short = withMessage(t.string, () => 'a name of a user');
    expect(lines(short, 5)).to.deep.equal(['root: expected a name of a user, got number']);
    expect(lines(t.type({ a: t.array(short) }), { a: [5] })).to.deep.equal([
      'root.a[0]: expected a name of a user, got number',
    ]);
  });

  it('escapes keys that a sender chose', () => {
    const key = (text: string): string => lines(t.record(t.string, t.string), { [text]: 1 })[0] ?? '';
    expect(key('a b')).to.equal('root["a b"]: expected string, got number');
    expect(key('a.b"')).to.equal('root["a.b\\""]: expected string, got number');
    expect(key('x\r\ny')).to.equal('root["x\\r\\ny"]: expected string, got number');
    expect(key('\u001b[31m')).to.equal('root["\\u001b[31m"]: expected string, got number');
    expect(key('\u2028\u202e')).to.equal('root["\\u{2028}\\u{202e}"]: expected string, got number');
    expect(key('größe')).to.equal('root["größe"]: expected string, got number');
    expect(key('0')).to.equal('root[0]: expected string, got number');
    expect(key('')).to.equal('root[""]: expected string, got number');
  });

  it('never throws, for any value', () => {
    const circle: Record<string, unknown> = {};
    Object.assign(circle, { self: circle });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = (): never => {
      throw new Error('a trap');
    };
    const trapped = new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap });
    for (const value of [circle, 10n, Symbol('s'), proxy, trapped, Object.create(null), () => 1, { toString: trap }]) {
      expect(lines(t.string, value)).to.have.length(1);
      expect(lines(t.type({ a: t.union([t.string, t.null]) }), { a: value })).to.have.length(1);
    }
  });
});

describe('kindOf', () => {
  const kinds: readonly (readonly [unknown, string])[] = [
    [undefined, 'undefined'],
    [null, 'null'],
    ['', 'string'],
    [0, 'number'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, 'Infinity'],
    [1n, 'bigint'],
    [true, 'boolean'],
    [Symbol('s'), 'symbol'],
    [() => 1, 'function'],
    [[], 'array'],
    [{}, 'object'],
    [Object.create(null), 'object'],
    [new (class Secret {})(), 'object'],
    [{ [Symbol.toStringTag]: 'Secret' }, 'object'],
    [new Date(0), 'Date'],
    [new Date(Number.NaN), 'invalid Date'],
    [new Map(), 'Map'],
    [new Uint8Array(), 'Uint8Array'],
    [new Error('secret'), 'Error'],
  ];
  for (const [value, kind] of kinds) it(`returns ${kind}`, () => expect(kindOf(value)).to.equal(kind));
});
