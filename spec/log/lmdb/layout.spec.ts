import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { idLine, storedEntry, timeOf, wireLength, writeEntry } from '../../../lib/log/lmdb/entry.ts';
import {
  changesKey,
  entryKey,
  hashLength,
  hashOf,
  orderKey,
  rememberedKey,
  sequenceOf,
  stateKey,
} from '../../../lib/log/lmdb/layout.ts';
import { sample } from '../sample.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const bytes = (...parts: readonly (number | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))).toString('hex');
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');

/** The bytes of existing files: a change of these expectations is a change of the format. */
describe('the layout of the file', () => {
  const log = hashOf('orders');

  it('has a key for each kind of record, sorted by kind', () => {
    expect(hex(log)).to.equal(hex(sha256('orders').subarray(0, hashLength)));
    expect(hashLength).to.equal(16);
    expect(hex(changesKey)).to.equal('00');
    expect(hex(stateKey(log))).to.equal(bytes(1, log));
    expect(hex(entryKey(log, 258))).to.equal(bytes(2, log, 0, 0, 0, 0, 1, 2));
    expect(hex(rememberedKey(log, 'k'))).to.equal(bytes(3, log, sha256('k')));
    expect(hex(orderKey(log, 258))).to.equal(bytes(4, log, 0, 0, 0, 0, 1, 2));
    expect(sequenceOf(entryKey(log, 2 ** 40 + 7))).to.equal(2 ** 40 + 7);
  });

  it('has the time before each block, and adds the id when the block is read', () => {
    const entry = storedEntry(sample('5'), 258.9);
    expect(hex(entry)).to.equal(bytes(0, 0, 0, 0, 1, 2, Buffer.from('event: tick\ndata: 5\n\n')));
    expect(timeOf(entry)).to.equal(258);
    expect(timeOf(storedEntry(sample('5'), -1))).to.equal(0);
    const id = idLine('aaaaaaaaaaaaaaaa', 7);
    const page = Buffer.alloc(3 + wireLength(id, entry));
    expect(writeEntry(page, 3, id, entry)).to.equal(page.length);
    expect(page.toString('latin1', 3)).to.equal('id: 1.aaaaaaaaaaaaaaaa.7\nevent: tick\ndata: 5\n\n');
  });
});
