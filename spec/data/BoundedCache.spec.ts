import { expect } from 'chai';
import fc from 'fast-check';
import { BoundedCache } from '../../lib/data/BoundedCache.ts';

describe('BoundedCache', () => {
  it('returns what was set for a key', () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 2, maxSize: 10 });
    cache.set('a', 1, 3);
    expect([cache.get('a'), cache.sizeOf('a')]).to.deep.equal([1, 3]);
    expect([cache.get('b'), cache.sizeOf('b')]).to.deep.equal([undefined, 0]);
  });

  it('drops the oldest entries when there are too many', () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 2, maxSize: 10 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, 1);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).to.deep.equal([undefined, 1, 2]);
  });

  it('drops the oldest entries when they are too large together', () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 10, maxSize: 10 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, 4);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).to.deep.equal([undefined, 1, 2]);
  });

  it('counts a key that is set again by its new size alone', () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 10, maxSize: 10 });
    cache.set('a', 0, 9);
    cache.set('a', 1, 2);
    cache.set('b', 2, 8);
    expect(['a', 'b'].map((key) => cache.get(key))).to.deep.equal([1, 2]);
  });

  it('retains the newest entry of any size', () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 10, maxSize: 10 });
    cache.set('a', 0, 1);
    cache.set('b', 1, 100);
    expect(['a', 'b'].map((key) => cache.get(key))).to.deep.equal([undefined, 1]);
  });

  it('stays within its bounds, except for the newest entry', () => {
    const sets = fc.array(fc.record({ key: fc.nat(9), size: fc.nat(6) }), { maxLength: 40 });
    fc.assert(
      fc.property(sets, (all) => {
        const cache = new BoundedCache<number, number>({ maxEntries: 4, maxSize: 9 });
        for (const { key, size } of all) {
          cache.set(key, size, size);
          const held = Array.from({ length: 10 }, (_, other) => cache.get(other)).filter((one) => one !== undefined);
          expect(held.length).to.be.at.most(4);
          if (held.length > 1) expect(held.reduce((sum, one) => sum + one, 0)).to.be.at.most(9);
        }
      }),
    );
  });
});
