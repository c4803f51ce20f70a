import { expect } from 'chai';
import * as t from 'io-ts';
import { DecodeError } from '../../lib/error/DecodeError.ts';
import { checkEvent } from '../../lib/event/encodeEvent.ts';
import { event } from '../../lib/event/event.ts';
import { events, findDefinition, isContract, namesOf } from '../../lib/event/events.ts';
import { definitionOf } from '../../lib/event/stamp.ts';

describe('events', () => {
  const Paid = event('order.paid', { total: t.number });
  const Orders = events({ Paid, OrderShipped: { to: t.string }, HTTPError: t.number });

  it('preserves a definition and its name', () => {
    expect(Orders.Paid).to.equal(Paid);
    expect(findDefinition(Orders, 'order.paid')).to.equal(Paid);
  });

  it('names a shape by its key, and keeps a key that is not an identifier', () => {
    const Mixed = events({ 'order.paid': { total: t.number }, 'Order-Sent': t.null });
    expect(Mixed['order.paid']({ total: 1 })).to.deep.equal({ type: 'order.paid', data: { total: 1 } });
    expect(namesOf(Mixed)).to.deep.equal(['order.paid', 'Order-Sent']);
  });

  it('names a shape by its identifier in snake_case', () => {
    expect(Orders.OrderShipped({ to: 'Oslo' })).to.deep.equal({ type: 'order_shipped', data: { to: 'Oslo' } });
    expect(Orders.HTTPError(404)).to.deep.equal({ type: 'http_error', data: 404 });
    expect(definitionOf(Orders.HTTPError(404))).to.equal(Orders.HTTPError);
  });

  it('finds definitions by name, and no others', () => {
    expect(findDefinition(Orders, 'order_shipped')).to.equal(Orders.OrderShipped);
    for (const name of ['OrderShipped', 'toString', 'constructor', '__proto__', '']) {
      expect(findDefinition(Orders, name)).to.equal(undefined);
    }
    expect(namesOf(Orders)).to.deep.equal(['order.paid', 'order_shipped', 'http_error']);
  });

  it('has its members under any key, and no other property', () => {
    // biome-ignore lint/suspicious/noThenProperty: that a key may be any word is the point
    const odd = events({ constructor: { a: t.string }, then: { b: t.string }, ['__proto__']: { c: t.string } });

    expect(Object.keys(odd)).to.deep.equal(['constructor', 'then', '__proto__']);
    expect(odd.constructor({ a: 'x' })).to.deep.equal({ type: 'constructor', data: { a: 'x' } });
    expect(odd.then({ b: 'x' })).to.deep.equal({ type: 'then', data: { b: 'x' } });
    expect(findDefinition(odd, '__proto__')?.type).to.equal('__proto__');
    expect(Object.isFrozen(odd)).to.equal(true);
  });

  it('recognizes a contract', () => {
    expect(isContract(Orders)).to.equal(true);
    for (const other of [null, undefined, {}, { Paid }, Paid, []]) expect(isContract(other)).to.equal(false);
    expect(isContract({ ...Orders })).to.equal(false);
  });

  it('accepts a definition in several contracts', () => {
    expect(events({ Paid }).Paid).to.equal(events({ Settled: Paid }).Settled);
  });

  describe('rejects', () => {
    const made = (members: object) => () => Reflect.apply(events, undefined, [members]);

    it('two events of one name', () => {
      const message = 'events: Second: two events are named order.paid';
      expect(made({ First: Paid, Second: Paid })).to.throw(TypeError, message);
      expect(made({ 'order.paid': t.null, Second: Paid })).to.throw(TypeError, message);
      expect(made({ FooBar: t.null, fooBar: t.null })).to.throw(
        TypeError,
        'events: fooBar: two events are named foo_bar',
      );
    });

    it('keys whose names are reserved', () => {
      expect(made({ 'rxsse.x': t.null })).to.throw(TypeError, 'rxsse.x is reserved');
      expect(made({ '': t.null })).to.throw(TypeError, 'must not be empty');
    });

    it('a value that is neither a definition nor a shape', () => {
      expect(made({ A: 5 })).to.throw(
        TypeError,
        'a.data: expected a record of codecs, a codec or a Standard Schema, got number',
      );
      expect(made({ A: undefined })).to.throw(TypeError, 'events: A must be a definition created by event(...)');
      expect(made({ A: () => 1 })).to.throw(TypeError, 'events: A must be a definition created by event(...)');
    });
  });
});

describe('checkEvent', () => {
  const Contract = events({ Paid: { total: t.number }, Sent: t.null });

  it('returns the definition that encodes a value', () => {
    const Other = event('other', t.null);
    expect(checkEvent(Contract, { type: 'paid', data: { total: 1 } })).to.equal(Contract.Paid);
    expect(checkEvent(Contract, Contract.Sent(null))).to.equal(Contract.Sent);
    expect(checkEvent(Contract, Other(null))).to.equal(Other);
  });

  const refused: readonly (readonly [unknown, string])[] = [
    [null, 'expected an event { type, data }, got null'],
    ['paid', 'expected an event { type, data }, got string'],
    [{ type: 'paid' }, 'expected an event { type, data }, got object'],
    [{ type: 'hunter2', data: 1 }, 'type: expected one of paid, sent, got another name'],
    [{ type: 'payed', data: 1 }, 'type: expected one of paid, sent, got another name; did you mean paid?'],
    [{ type: 'Sent', data: null }, 'type: expected one of paid, sent, got another name; did you mean sent?'],
    [{ type: 'paid', data: { total: 'hunter2' } }, 'paid.data.total: expected number, got string'],
    [{ type: 'paid', data: {} }, 'paid.data.total: expected number, got undefined'],
  ];
  for (const [value, issue] of refused) {
    it(`rejects ${JSON.stringify(value)} by path and not by value`, () => {
      expect(() => checkEvent(Contract, value))
        .to.throw(DecodeError)
        .deep.include({ issues: [issue], actual: value });
    });
  }

  it('shows only the beginning of a long contract', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`SomethingHappened${index}`, t.null]));
    const value = { type: 'x', data: 1 };
    expect(() => checkEvent(events(many), value))
      .to.throw(DecodeError)
      .with.property('message')
      .with.length.below(200);
  });
});
