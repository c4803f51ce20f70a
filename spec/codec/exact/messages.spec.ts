import { expect } from 'chai';
import * as t from 'io-ts';
import { DateFromISOString, Int, IntFromString, NonEmptyString } from '../../../lib/index.ts';
import { withMessage } from '../withMessage.ts';
import { lines, messageOf } from './sample.ts';

const city = withMessage(t.string, () => 'the name of a city');
const positive = withMessage(
  t.refinement(t.number, (n) => n > 0, 'Positive'),
  (value) => (typeof value === 'number' ? 'a number above 0' : 'a number'),
);

describe('the message of a failure for a sender', () => {
  it('describes what the codecs of the library expect', () => {
    expect(lines(NonEmptyString, '')).to.deep.equal(['x: expected a string that is not empty, got string']);
    expect(lines(Int, 0.5)).to.deep.equal(['x: expected a whole number, got number']);
    expect(lines(t.union([IntFromString, t.null]), 'a')).to.deep.equal([
      'x: expected a whole number in decimal digits, got string',
    ]);
    expect(lines(t.union([Int, t.null]), 'a')).to.deep.equal(['x: expected a whole number or null, got string']);
  });

  it('names the kind of JSON of a record, an array and a tuple, and no name that the program chose', () => {
    expect(lines(t.type({ a: t.string }, 'User'), 1)).to.deep.equal(['x: expected object, got number']);
    expect(lines(t.array(t.string, 'Names'), 1)).to.deep.equal(['x: expected array, got number']);
    expect(lines(t.tuple([t.string], 'Pair'), 1)).to.deep.equal(['x: expected array of 1 items, got number']);
  });

  it('is the message of a codec that has one', () => {
    expect(lines(city, 5)).to.deep.equal(['x: expected the name of a city, got number']);
    expect(lines(t.type({ n: positive }), { n: -1 })).to.deep.equal(['x.n: expected a number above 0, got number']);
    expect(lines(t.type({ n: positive }), { n: '' })).to.deep.equal(['x.n: expected a number, got string']);
    expect(lines(t.array(t.union([t.null, positive])), [-1])).to.deep.equal([
      'x[0]: expected a number above 0, got number',
    ]);
    expect(
      lines(
        withMessage(DateFromISOString, () => 'a day'),
        'today',
      ),
    ).to.deep.equal(['x: expected a day, got string']);
    expect(
      lines(
        withMessage(t.union([t.string, t.null]), () => 'a name or null'),
        5,
      ),
    ).to.deep.equal(['x: expected a name or null, got number']);
    const list: t.Mixed = t.recursion('List', () => t.type({ city, next: t.union([list, t.null]) }));
    expect(lines(list, { city: 'a', next: { city: 5, next: null } })).to.deep.equal([
      'x.next.city: expected the name of a city, got number',
    ]);
  });

  it('has the paths inside an object with a message', () => {
    const address = withMessage(t.type({ city: t.string }), () => 'an address');
    expect(lines(address, 5)).to.deep.equal(['x: expected an address, got number']);
    expect(lines(address, {})).to.deep.equal(['x.city: expected string, got undefined']);
  });

  it('differs from the message for the program, which has the names of codecs', () => {
    expect(messageOf(t.type({ a: NonEmptyString }), { a: '' })).to.equal(
      'x.data.a: expected NonEmptyString, got string',
    );
    expect(messageOf(positive, -1)).to.equal('x.data: expected Positive, got number');
  });
});
