import { expect } from 'chai';
import { kindOf } from '../../lib/data/kindOf.ts';

describe('kindOf', () => {
  it('names the kind and never shows the value', () => {
    const values = [
      null,
      undefined,
      [1],
      5n,
      { a: 1 },
      'text',
      5,
      Number.NaN,
      true,
      () => {},
      Symbol('s'),
      new Date(0),
    ];
    expect(values.map(kindOf)).to.deep.equal([
      'null',
      'undefined',
      'array',
      'bigint',
      'object',
      'string',
      'number',
      'NaN',
      'boolean',
      'function',
      'symbol',
      'Date',
    ]);
  });
});
