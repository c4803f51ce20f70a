import { expect } from 'chai';
import * as t from 'io-ts';
import { oneOrMany } from '../../../lib/codec/oneOrMany.ts';
import { withDefault } from '../../../lib/codec/withDefault.ts';
import { event } from '../../../lib/event/event.ts';
import { known, leaky, received, sent, tree, user } from './sample.ts';

const adult = t.refinement(user, (value) => value.name !== '', 'Adult');
const Boss = event('boss', { user });
interface Named {
  readonly Named: unique symbol;
}
const named = t.brand(user, (value): value is t.Branded<typeof value, Named> => value.name !== '', 'Named');

const nested: t.Mixed = t.recursion('Nested', () => t.union([t.array(t.array(nested)), user]));

const branch: t.Mixed = t.recursion('Branch', () => t.tuple([t.union([t.array(branch), t.null]), user]));

/** Positions of an object in a shape, the data with one field too many, and the data that may be sent. */
const positions: Record<string, readonly [t.Mixed | t.Props, unknown, unknown]> = {
  'the record of props': [{ name: t.string }, leaky, known],
  'a field': [{ user }, { user: leaky }, { user: known }],
  'a field that has a default': [{ user: withDefault(user, () => known) }, { user: leaky }, { user: known }],
  'a codec for the whole': [user, leaky, known],
  'a nested type': [
    { a: t.type({ b: t.type({ user }) }) },
    { a: { b: { user: leaky }, x: 1 } },
    { a: { b: { user: known } } },
  ],
  'a type inside t.exact': [t.exact(t.type({ user })), { user: leaky }, { user: known }],
  'a type inside t.strict': [t.strict({ user }), { user: leaky, x: 1 }, { user: known }],
  'a partial': [t.partial({ user, gone: user }), { user: leaky, x: 1 }, { user: known }],
  'an array': [t.array(user), [leaky, known], [known, known]],
  'a readonly array': [t.readonlyArray(user), [leaky], [known]],
  'an array of arrays': [t.array(t.array(user)), [[leaky]], [[known]]],
  'a tuple': [t.tuple([t.string, user]), ['a', leaky], ['a', known]],
  'a readonly': [t.readonly(user), leaky, known],
  'a dictionary': [t.record(t.string, user), { a: leaky }, { a: known }],
  'a dictionary of few keys': [t.record(t.keyof({ a: null }), user), { a: leaky, b: 1 }, { a: known }],
  'a dictionary of some keys': [
    t.record(
      t.refinement(t.string, (key) => key < 'm'),
      user,
    ),
    { a: leaky, z: 1 },
    { a: known },
  ],
  'a nullable': [t.union([user, t.null]), leaky, known],
  'a member of a union by kind': [t.union([t.string, t.array(user), user]), leaky, known],
  'an array in a union': [t.union([t.string, t.array(user), user]), [leaky], [known]],
  'the first member of a union by literal': [
    t.union([t.type({ kind: t.literal('a'), user }), t.type({ kind: t.literal('b'), n: t.number })]),
    { kind: 'a', user: leaky, n: 5 },
    { kind: 'a', user: known },
  ],
  'the second member of a union by literal': [
    t.union([t.type({ kind: t.literal('a') }), t.type({ kind: t.literal('b'), user })]),
    { kind: 'b', user: leaky, x: 1 },
    { kind: 'b', user: known },
  ],
  'an intersection': [t.intersection([user, t.type({ age: t.number })]), { ...leaky, age: 3 }, { ...known, age: 3 }],
  'a field of an intersection': [
    t.intersection([t.type({ user }), t.type({ age: t.number })]),
    { user: leaky, age: 3 },
    { user: known, age: 3 },
  ],
  'an intersection of exact types': [
    t.intersection([t.strict({ user }), t.exact(t.partial({ age: t.number }))]),
    { user: leaky, age: 3, x: 1 },
    { user: known, age: 3 },
  ],
  'a field that two parts of an intersection share': [
    t.intersection([t.type({ user }), t.type({ user: t.type({ age: t.number }) })]),
    { user: { ...leaky, age: 3 } },
    { user: { ...known, age: 3 } },
  ],
  'a union in an intersection': [
    t.intersection([
      t.type({ user }),
      t.union([t.type({ kind: t.literal('a'), a: user }), t.type({ kind: t.literal('b'), b: user })]),
    ]),
    { user: leaky, kind: 'b', a: leaky, b: leaky },
    { user: known, kind: 'b', b: known },
  ],
  'a recursion': [
    tree,
    { name: 'a', x: 1, children: [{ name: 'b', x: 1, children: [] }] },
    { name: 'a', children: [{ name: 'b', children: [] }] },
  ],
  'a recursion through arrays alone': [{ nested }, { nested: [[leaky]] }, { nested: [[known]] }],
  'a recursion that is first met inside of itself': [branch, [[[null, leaky]], leaky], [[[null, known]], known]],
  'a refinement': [adult, leaky, known],
  'a brand': [named, leaky, known],
  'a list of one or many': [{ users: oneOrMany(user) }, { users: [leaky] }, { users: [known] }],
  'another event': [
    { boss: Boss.codec },
    { boss: { type: 'boss', data: { user: leaky }, x: 1 } },
    { boss: { type: 'boss', data: { user: known } } },
  ],
};

describe('a field that no codec names', () => {
  for (const [position, [shape, data, exact]] of Object.entries(positions)) {
    it(`is not sent from ${position}`, () => expect(sent(shape, data)).to.deep.equal(exact));
    it(`is stripped from ${position}`, () => expect(received(shape, data)).to.deep.equal(exact));
  }

  it('is not sent from an instance of a class, for any result of its toJSON', () => {
    class User {
      readonly password = 'secret';
      get name(): string {
        return 'Ada';
      }
      toJSON(): unknown {
        return { password: this.password };
      }
    }
    expect(sent(user, new User())).to.deep.equal(known);
    expect(sent({ users: t.array(user) }, { users: [new User()] })).to.deep.equal({ users: [known] });
  });

  it('is sent when the codec accepts any value', () => {
    for (const any of [t.unknown, t.UnknownRecord, t.object, t.record(t.string, t.unknown)]) {
      expect(sent({ any }, { any: leaky })).to.deep.equal({ any: leaky });
      expect(received({ any }, { any: leaky })).to.deep.equal({ any: leaky });
    }
    expect(sent(t.intersection([user, t.UnknownRecord]), leaky)).to.deep.equal(leaky);
    expect(
      sent(t.intersection([t.type({ user }), t.record(t.string, t.unknown)]), { user: leaky, x: 1 }),
    ).to.deep.equal({ user: known, x: 1 });
    expect(sent(t.UnknownArray, [leaky])).to.deep.equal([leaky]);
  });

  it('cannot become a prototype', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"name":"Eve"},"a":{"name":"Ada"}}');
    const decoded = received(t.record(t.string, user), hostile);
    expect(Object.getPrototypeOf(decoded)).to.equal(Object.prototype);
    expect(Object.keys(Object(decoded))).to.deep.equal(['__proto__', 'a']);
    expect(sent({ ['__proto__']: t.number }, JSON.parse('{"__proto__":5}'))).to.deep.equal(
      JSON.parse('{"__proto__":5}'),
    );
  });

  it('is not read from the prototype of an object', () => {
    expect(received({ constructor: t.unknown, toString: t.union([t.string, t.undefined]) }, {})).to.deep.equal({
      constructor: undefined,
      toString: undefined,
    });
    expect(received({ constructor: t.type({ name: t.string }) }, {})).to.equal(1);
  });
});
