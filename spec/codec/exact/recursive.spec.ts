import { expect } from 'chai';
import * as t from 'io-ts';
import { DateFromISOString } from '../../../lib/codec/DateFromISOString.ts';
import { event } from '../../../lib/event/event.ts';
import { lines, messageOf, received, refused, sent, tree } from './sample.ts';

describe('a recursion', () => {
  it('follows the data to any depth', () => {
    const data = { name: 'a', children: [{ name: 'b', children: [{ name: 'c', children: [] }] }] };
    expect(received(tree, data)).to.deep.equal(data);
    expect(lines(tree, { name: 'a', children: [{ name: 1 }] })).to.deep.equal([
      'x.children[0].name: expected string, got number',
      'x.children[0].children: expected array, got undefined',
    ]);
  });

  interface List {
    readonly at: Date;
    readonly next: List | null;
  }
  const list: t.Type<List, unknown> = t.recursion('List', () =>
    t.type({ at: DateFromISOString, next: t.union([list, t.null]) }),
  );
  const long = (length: number): List | null => (length === 0 ? null : { at: new Date(0), next: long(length - 1) });

  it('can run through a union, an intersection and other recursions', () => {
    const wire = { at: '1970-01-01T00:00:00Z', next: { at: '1970-01-01T00:00:00Z', next: null } };
    expect(received(list, wire)).to.deep.equal(long(2));
    const ping: t.Mixed = t.recursion('Ping', () => t.type({ pong: t.union([pong, t.null]) }));
    const pong: t.Mixed = t.recursion('Pong', () => t.intersection([t.type({ n: t.number }), t.type({ ping })]));
    const game = { pong: { n: 1, ping: { pong: null } } };
    expect(received(ping, game)).to.deep.equal(game);
    expect(sent(ping, game)).to.deep.equal(game);
  });

  it('can contain itself directly', () => {
    const json: t.Mixed = t.recursion('J', () => t.union([t.string, t.null, t.array(json), t.record(t.string, json)]));
    const value = { a: ['b', null, { c: [[]] }] };
    expect(received(json, value)).to.deep.equal(value);
    expect(sent(json, value)).to.deep.equal(value);
  });

  it('is bounded in depth, for data of the program and from outside', () => {
    expect(messageOf(list, long(200))).to.equal('');
    const tooDeep = `${'.next'.repeat(16)}.…: expected List of at most 200 levels, got object`;
    expect(messageOf(list, long(201))).to.equal(`x.data${tooDeep}`);
    let wire: unknown = null;
    for (let depth = 0; depth < 50_000; depth++) wire = { at: '1970-01-01T00:00:00Z', next: wire };
    expect(lines(list, wire)).to.deep.equal([`x${tooDeep}`]);
  });

  it('rejects circular data each time', () => {
    const circle = { name: 'a', children: [] as unknown[] };
    circle.children.push(circle, circle, circle);
    expect(messageOf(tree, circle)).to.match(
      /^x\.data\.children\[0\]\.children\[0\].*: expected Tree of at most 200 levels, got object/,
    );
    expect(lines(tree, circle).length).to.be.within(1, 9);
  });

  it('requires an object or array in between', () => {
    const self: t.Mixed = new t.RecursiveType('Self', t.unknown.is, t.unknown.validate, t.identity, () => union);
    const union: t.Mixed = new t.UnionType('U', t.unknown.is, t.unknown.validate, t.identity, [self, t.string]);
    refused(self, 'refers to itself with no object or array in between');
  });

  it('is compiled only as far as needed when it grows by an intersection', () => {
    const more = t.type({ child: t.partial({ z: t.number }) });
    const grow: t.Mixed = t.recursion('Grow', () => t.partial({ child: t.intersection([grow, more]) }));
    expect(() => event('x', grow)).not.to.throw(RangeError);
  });
});
