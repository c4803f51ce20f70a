import { expect } from 'chai';
import { appendedBefore, remember } from '../../../lib/log/lmdb/idempotencyKeys.ts';
import { hashOf, orderKey, rememberedKey } from '../../../lib/log/lmdb/layout.ts';
import type { StoredState } from '../../../lib/log/lmdb/StoredState.ts';
import { FakeTable } from './FakeTable.ts';

const log = hashOf('log');
const appended = (n: number) => ({ epoch: 'e', first: n, last: n });

/** Remembers the keys `k1`, `k2`, ..., each under a bound of its own. */
function remembering(bounds: readonly number[]) {
  const fake = new FakeTable();
  let state = { keys: { first: 0, next: 0 } } as StoredState;
  const sizes: number[] = [];
  for (const [index, bound] of bounds.entries()) {
    state = remember(fake.table, log, state, `k${index + 1}`, appended(index + 1), bound);
    sizes.push(fake.entries.size);
  }
  const known = bounds.flatMap((_, index) => appendedBefore(fake.table, log, `k${index + 1}`)?.first ?? []);
  return { fake, state, sizes, known };
}

describe('the idempotency keys of a StoredLog', () => {
  it('are remembered up to the bound, newest first, with two records each', () => {
    const { known, sizes, state } = remembering(Array(6).fill(3));
    expect(known).to.deep.equal([4, 5, 6]);
    expect(sizes).to.deep.equal([2, 4, 6, 6, 6, 6]);
    expect(state.keys).to.deep.equal({ first: 3, next: 6 });
  });

  it('are found with what they appended, in their own log', () => {
    const { fake } = remembering([3]);
    expect(appendedBefore(fake.table, log, 'k1')).to.deep.equal(appended(1));
    expect(appendedBefore(fake.table, hashOf('other'), 'k1')).to.equal(undefined);
  });

  it('are not stored with a bound of 0', () => {
    const { sizes, state } = remembering([0, 0]);
    expect(sizes).to.deep.equal([0, 0]);
    expect(state.keys).to.deep.equal({ first: 0, next: 0 });
  });

  it('are removed 64 at a time when the bound was lowered', () => {
    const { sizes, known } = remembering([...Array(200).fill(1000), 10, 10, 10, 10]);
    expect(sizes.slice(-5)).to.deep.equal([400, 2 * (201 - 64), 2 * (202 - 128), 2 * (203 - 192), 20]);
    expect(known).to.deep.equal(Array.from({ length: 10 }, (_, index) => 195 + index));
  });

  it('continue when a record is missing', () => {
    const { fake, state } = remembering([2, 2]);
    fake.remove(orderKey(log, 0));
    const after = remember(fake.table, log, state, 'k3', appended(3), 2);
    expect(after.keys).to.deep.equal({ first: 1, next: 3 });
    expect(fake.entries.has(Buffer.from(rememberedKey(log, 'k3')).toString('hex'))).to.equal(true);
  });
});
