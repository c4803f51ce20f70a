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

/** Commits these, and says what the table then says of changes. */
function committed(fake: FakeTable, ...writes: QueuedWrite<string>[]) {
  const commit = new Commit(fake.table, writes as QueuedWrite<unknown>[]);
  return { commit, changes: new Changes(fake.get(changesKey)) };
}

/** What is heard of a write, in order. */
function heard(write: QueuedWrite<string>): unknown[] {
  const words: unknown[] = [];
  write.done.subscribe({ next: (value) => words.push(value), error: (error) => words.push(error.name) });
  return words;
}

describe('a commit', () => {
  it('counts each log that it changes once, after those before it', () => {
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

  it('changes nothing where all was refused, and is not to be seen', () => {
    const fake = new FakeTable();
    const { commit, changes } = committed(fake, refused(a));
    expect([fake.entries.size, commit.before, commit.count]).to.deep.equal([0, 0, 0]);
    expect(commit.isIn(changes)).to.equal(false);
    committed(fake, puts(b));
    expect(commit.isIn(new Changes(fake.get(changesKey)))).to.equal(false);
  });

  it('is told to each write when it is what that one waits for', () => {
    const fake = new FakeTable();
    const [visible, flushed] = [puts(a), puts(a, 'flushed')];
    const words = [heard(visible), heard(flushed)];
    const { commit } = committed(fake, visible, flushed);
    expect([commit.state, words]).to.deep.equal(['running', [[], []]]);
    commit.visible();
    expect([commit.state, words]).to.deep.equal(['visible', [['put'], []]]);
    commit.flushed();
    expect([commit.state, words]).to.deep.equal(['flushed', [['put'], ['put']]]);
  });

  it('tells what was refused why', () => {
    const write = refused(a);
    const words = heard(write);
    committed(new FakeTable(), write).commit.visible();
    expect(words).to.deep.equal(['RangeError']);
  });

  it('that failed is neither', () => {
    const { commit } = committed(new FakeTable(), puts(a));
    commit.failed();
    expect(commit.state).to.equal('failed');
  });
});
