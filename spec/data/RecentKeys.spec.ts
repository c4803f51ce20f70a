import { expect } from 'chai';
import fc from 'fast-check';
import { RecentKeys } from '../../lib/data/RecentKeys.ts';

describe('RecentKeys', () => {
  it('finds the newest keys, at most maxKeys of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 30 }), (most, added) => {
        const keys = new RecentKeys<number>(most);
        for (let n = 0; n < added; n++) {
          keys.add(`k${n}`, n);
          for (let key = 0; key <= added; key++) {
            expect(keys.find(`k${key}`)).to.equal(key <= n && key > n - most ? key : undefined);
          }
        }
      }),
    );
  });

  it('rounds maxKeys down', () => {
    const keys = new RecentKeys<number>(1.9);
    keys.add('a', 1);
    keys.add('b', 2);
    expect([keys.find('a'), keys.find('b')]).to.deep.equal([undefined, 2]);
  });

  it('finds nothing after it is cleared, and adds keys again', () => {
    const keys = new RecentKeys<number>(2);
    for (const key of ['a', 'b', 'c']) keys.add(key, 1);
    keys.clear();
    for (const key of ['b', 'd']) keys.add(key, 2);
    expect(['a', 'b', 'c', 'd'].map((key) => keys.find(key))).to.deep.equal([undefined, 2, undefined, 2]);
    keys.add('e', 3);
    expect(['b', 'd', 'e'].map((key) => keys.find(key))).to.deep.equal([undefined, 2, 3]);
  });
});
