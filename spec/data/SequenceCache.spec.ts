import { expect } from 'chai';
import fc from 'fast-check';
import { SequenceCache } from '../../lib/data/SequenceCache.ts';

const sequences = Array.from({ length: 30 }, (_, sequence) => sequence);
const heldBy = (cache: SequenceCache<number>) => sequences.filter((sequence) => cache.get(sequence) !== undefined);

describe('SequenceCache', () => {
  it('retains the newest values, as many as its bound', () => {
    const cache = new SequenceCache<number>({ maxEntries: 3, maxSize: 10 });
    for (const sequence of [5, 6, 7, 8]) cache.set(sequence, sequence, 1);
    expect(heldBy(cache)).to.deep.equal([6, 7, 8]);
  });

  it('drops the oldest values until the rest fits, but never the newest one', () => {
    const cache = new SequenceCache<number>({ maxEntries: 10, maxSize: 10 });
    for (const sequence of [1, 2, 3, 4]) cache.set(sequence, sequence, 4);
    expect(heldBy(cache)).to.deep.equal([3, 4]);
    cache.set(5, 5, 100);
    expect(heldBy(cache)).to.deep.equal([5]);
    cache.set(6, 6, 1);
    expect(heldBy(cache)).to.deep.equal([6]);
  });

  it('counts a value once that replaces another one of its sequence', () => {
    const cache = new SequenceCache<number>({ maxEntries: 10, maxSize: 10 });
    for (let round = 0; round < 20; round++) cache.set(1, round, 6);
    cache.set(2, 2, 4);
    expect([cache.get(1), cache.get(2)]).to.deep.equal([19, 2]);
  });

  it('returns the last value of a sequence or none, and never holds more than its bounds', () => {
    const step = fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new SequenceCache<number>({ maxEntries: 4, maxSize: 9 });
        const last = new Map<number, { value: number; size: number }>();
        steps.forEach(([sequence, size], value) => {
          cache.set(sequence, value, size);
          last.set(sequence, { value, size });
          const held = heldBy(cache);
          expect(held).to.include(sequence);
          expect(held.length).to.be.at.most(4);
          for (const one of held) expect(cache.get(one)).to.equal(last.get(one)?.value);
          const sum = held.reduce((total, one) => total + (last.get(one)?.size ?? 0), 0);
          if (held.length > 1) expect(sum).to.be.at.most(9);
        });
      }),
    );
  });
});
