import { expect } from 'chai';
import type { Observable } from 'rxjs';
import { Environment } from '../../../lib/log/lmdb/Environment.ts';
import { StoredLog } from '../../../lib/log/lmdb/StoredLog.ts';
import { sample } from '../sample.ts';
import { FakeTable } from './FakeTable.ts';

/** Returns a log of an environment with two holders. */
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

/** Records the notifications of an answer. */
function notifications(answer: Observable<unknown>): string[] {
  const received: string[] = [];
  answer.subscribe({ next: () => received.push('value'), error: (error) => received.push(error.name) });
  return received;
}

describe('StoredLog', () => {
  it('releases its environment once when it is closed several times', () => {
    const { fake, environment, log } = opened();
    log.close();
    log.close();
    expect(fake.isClosed).to.equal(false);
    environment.release();
    expect(fake.isClosed).to.equal(true);
  });

  it('rejects every operation after it is closed, and completes the earlier writes', async () => {
    const { fake, log } = opened();
    const before = notifications(log.append([sample()]));
    log.close();
    expect([
      notifications(log.append([sample()])),
      notifications(log.read(0, 1)),
      notifications(log.end('completed')),
    ]).to.deep.equal([['ClosedError'], ['ClosedError'], ['ClosedError']]);
    fake.transactions[0]?.begin();
    fake.transactions[0]?.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(before).to.deep.equal(['value']);
  });

  it('answers the first read after a reboot when its new epoch is visible, also with flushed durability', async () => {
    const { fake, log: before } = opened(undefined, 'the last one');
    before.append([sample()]);
    fake.transactions[0]?.begin();
    const { log } = opened(fake);
    const read = notifications(log.read(0, 100));
    expect(read).to.deep.equal([]);
    fake.transactions[1]?.begin();
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(read).to.deep.equal(['value']);
  });
});
