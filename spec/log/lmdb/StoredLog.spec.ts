import { expect } from 'chai';
import type { Observable } from 'rxjs';
import { Environment } from '../../../lib/log/lmdb/Environment.ts';
import { StoredLog } from '../../../lib/log/lmdb/StoredLog.ts';
import { sample } from '../sample.ts';
import { FakeTable } from './FakeTable.ts';

/** A log of an environment that two hold. */
function opened(fake = new FakeTable(), boot = 'this one') {
  const environment = new Environment('the/folder', () => {}, fake.table);
  environment.hold();
  environment.hold();
  const log = new StoredLog(environment, {
    name: 'log',
    retention: { entries: Infinity, bytes: Infinity, age: Infinity },
    keys: 10,
    durability: 'flushed',
    boot,
    now: () => 5,
    elapsed: () => 5,
  });
  return { fake, environment, log };
}

/** What is heard of an answer. */
function heard(answer: Observable<unknown>): string[] {
  const words: string[] = [];
  answer.subscribe({ next: () => words.push('value'), error: (error) => words.push(error.name) });
  return words;
}

describe('a stored log', () => {
  it('lets go of its environment once, however often it is closed', () => {
    const { fake, environment, log } = opened();
    log.close();
    log.close();
    expect(fake.isClosed).to.equal(false);
    environment.release();
    expect(fake.isClosed).to.equal(true);
  });

  it('refuses everything once it is closed, and writes what came before', async () => {
    const { fake, log } = opened();
    const before = heard(log.append([sample()]));
    log.close();
    expect([heard(log.append([sample()])), heard(log.read(0, 1)), heard(log.end('completed'))]).to.deep.equal([
      ['ClosedError'],
      ['ClosedError'],
      ['ClosedError'],
    ]);
    fake.transactions[0]?.begin();
    fake.transactions[0]?.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(before).to.deep.equal(['value']);
  });

  it('starts an epoch for the first reader after a reboot when that is visible, whatever its own appends wait for', async () => {
    const { fake, log: before } = opened(undefined, 'the last one');
    before.append([sample()]);
    fake.transactions[0]?.begin();
    const { log } = opened(fake);
    const read = heard(log.read(0, 100));
    expect(read).to.deep.equal([]);
    fake.transactions[1]?.begin();
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(read).to.deep.equal(['value']);
  });
});
