import { expect } from 'chai';
import { kindOf } from '../../lib/wire/checkField.ts';

describe('the kind of a value, in a message', () => {
  it('never shows the value', () => {
    const values = [null, undefined, [1], 5n, { a: 1 }, 'text', 5, true, () => {}, Symbol('s')];
    expect(values.map(kindOf)).to.deep.equal([
      'null',
      'undefined',
      'an array',
      'a BigInt',
      'an object',
      'a string',
      'a number',
      'a boolean',
      'a function',
      'a symbol',
    ]);
  });
});
