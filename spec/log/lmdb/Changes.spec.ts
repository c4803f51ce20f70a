import { expect } from 'chai';
import { Changes, changeNameOf, nonceLength } from '../../../lib/log/lmdb/Changes.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';

const log = (n: number) => hashOf(`log ${n}`);
const nonce = (n: number) => new Uint8Array(nonceLength).fill(n);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Returns the changes of the logs 1, 2, ..., each in its own transaction. */
const changed = (count: number) =>
  numbers(1, count).reduce((changes, n) => new Changes(changes.with([log(n)], nonce(n))), new Changes());

describe('Changes', () => {
  it('returns the logs that changed since a count', () => {
    const changes = changed(5);
    expect(changes.count).to.equal(5);
    expect([...(changes.since(3) ?? [])]).to.deep.equal([log(4), log(5)].map(changeNameOf));
    expect([...(changes.since(5) ?? ['?'])]).to.deep.equal([]);
  });

  it('returns undefined for a count that is too old or in the future', () => {
    const changes = changed(70);
    expect(changes.since(70 - 64)?.size).to.equal(64);
    expect(changes.since(70 - 65)).to.equal(undefined);
    expect(changes.since(71)).to.equal(undefined);
  });

  it('has one size for any number of changes', () => {
    expect(changed(200).with([log(1)], nonce(1)).length).to.equal(changed(64).with([log(1)], nonce(1)).length);
  });

  it('distinguishes a transaction from another one with the same count', () => {
    const changes = changed(3);
    expect(changes.includes(3, nonce(3))).to.equal(true);
    expect(changes.includes(3, nonce(4))).to.equal(false);
    expect(changes.includes(4, nonce(3))).to.equal(false);
    expect(changed(5).includes(3, nonce(3))).to.equal(true);
    expect(changed(70).includes(3, nonce(3))).to.equal(false);
  });

  it('includes the first transaction', () => {
    expect(changed(1).includes(1, nonce(1))).to.equal(true);
    expect(changed(64).includes(1, nonce(1))).to.equal(true);
    expect(changed(1).since(0)?.size).to.equal(1);
  });

  it('counts each log of a transaction', () => {
    const changes = new Changes(changed(2).with([log(8), log(9)], nonce(7)));
    expect([changes.count, changes.includes(4, nonce(7)), changes.since(2)?.size]).to.deep.equal([4, true, 2]);
  });
});
