import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Changes } from '../../../lib/log/lmdb/Changes.ts';
import { Commit } from '../../../lib/log/lmdb/Commit.ts';
import { changesKey, hashOf } from '../../../lib/log/lmdb/layout.ts';
import { type Durability, QueuedWrite } from '../../../lib/log/lmdb/QueuedWrite.ts';
import { FakeTable } from './FakeTable.ts';

const [a, b] = [hashOf('a'), hashOf('b')];
const puts = (log: Uint8Array, durability: Durability = 'visible') =>
  new QueuedWrite(log, durability, () => E.right('put'));
const refused = (log: Uint8Array) => new QueuedWrite<string>(log, 'visible', () => E.left(new RangeError('no')));

/** Commits the writes, and returns the changes that the table has then. */
function committed(fake: FakeTable, ...writes: QueuedWrite<string>[]) {
  const commit = new Commit(fake.table, writes as QueuedWrite<unknown>[]);
  return { commit, changes: new Changes(fake.get(changesKey)) };
}

/** Records the notifications of a write, in order. */
function notifications(write: QueuedWrite<string>): unknown[] {
  const received: unknown[] = [];
  write.done.subscribe({ next: (value) => received.push(value), error: (error) => received.push(error.name) });
  return received;
}

describe('Commit', () => {
  it('counts each log that it changes once, after the earlier commits', () => {
    const fake = new FakeTable();
    const first = committed(fake, puts(a), puts(a), puts(b));
    expect([first.commit.before, first.commit.count, first.commit.logs.length]).to.deep.equal([0, 2, 2]);
    const second = committed(fake, puts(b));
    expect([second.commit.before, second.commit.count]).to.deep.equal([2, 3]);
    expect([second.changes.count, first.commit.isIn(second.changes), second.commit.isIn(second.changes)]).to.deep.equal(
      [3, true, true],
    );
    expect(second.commit.isIn(first.changes)).to.equal(false);
  });

  it('changes nothing when all writes were rejected, and is not in the changes', () => {
    const fake = new FakeTable();
    const { commit, changes } = committed(fake, refused(a));
    expect([fake.entries.size, commit.before, commit.count]).to.deep.equal([0, 0, 0]);
    expect(commit.isIn(changes)).to.equal(false);
    committed(fake, puts(b));
    expect(commit.isIn(new Changes(fake.get(changesKey)))).to.equal(false);
  });

  it('completes each write when it is visible or flushed, by the durability of the write', () => {
    const fake = new FakeTable();
    const [visible, flushed] = [puts(a), puts(a, 'flushed')];
    const received = [notifications(visible), notifications(flushed)];
    const { commit } = committed(fake, visible, flushed);
    expect([commit.state, received]).to.deep.equal(['running', [[], []]]);
    commit.visible();
    expect([commit.state, received]).to.deep.equal(['visible', [['put'], []]]);
    commit.flushed();
    expect([commit.state, received]).to.deep.equal(['flushed', [['put'], ['put']]]);
  });

  it('passes its error to a rejected write', () => {
    const write = refused(a);
    const received = notifications(write);
    committed(new FakeTable(), write).commit.visible();
    expect(received).to.deep.equal(['RangeError']);
  });

  it('is neither visible nor flushed after a failure', () => {
    const { commit } = committed(new FakeTable(), puts(a));
    commit.failed();
    expect(commit.state).to.equal('failed');
  });
});
