import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { StorageError } from '../../../lib/error/StorageError.ts';
import { Environment } from '../../../lib/log/lmdb/Environment.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { type Durability, QueuedWrite } from '../../../lib/log/lmdb/QueuedWrite.ts';
import { replaceClock } from '../../../lib/time/clock.ts';
import { ManualClock } from '../../feed/sweptReaders.ts';
import { FakeTable } from './FakeTable.ts';

const log = hashOf('log');

/** Returns an environment over a table whose transactions a spec starts and flushes. */
function environment() {
  const fake = new FakeTable();
  const counts = { closed: 0 };
  const opened = new Environment('the/folder', () => counts.closed++, fake.table);
  opened.hold();
  const received: unknown[] = [];
  const write = (value: string, durability: Durability = 'visible', fails = false): void => {
    const work = () => {
      if (fails) throw new Error('half way');
      return E.right(value);
    };
    opened.write(new QueuedWrite(log, durability, work)).subscribe({
      next: (written) => received.push(written),
      error: (error) => received.push(error),
    });
  };
  return { fake, opened, counts, received, write };
}

/** Waits for `count` turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the commits of an Environment', () => {
  it('contain all writes that were made before they start', () => {
    const { fake, write } = environment();
    write('a');
    write('b');
    expect(fake.transactions).to.have.length(1);
    fake.transactions[0]?.begin();
    write('c');
    expect(fake.transactions).to.have.length(2);
  });

  it('wait while a transaction would continue from an older commit than the newest, and lose no write', async () => {
    const { fake, received, write } = environment();
    fake.newestCommit = 5;
    fake.baseCommit = 4;
    write('a');
    fake.transactions[0]?.begin();
    write('b');
    while (fake.transactions.length < 2) await turns(1);
    fake.baseCommit = 5;
    fake.transactions[1]?.begin();
    fake.transactions[1]?.flush();
    await turns(1);
    expect(received).to.deep.equal(['a', 'b']);
  });

  it('are at most two at once, and the next one starts when one is flushed', async () => {
    const { fake, received, write } = environment();
    for (const [index, value] of ['a', 'b', 'c'].entries()) {
      write(value, 'flushed');
      fake.transactions[index]?.begin();
    }
    expect(fake.transactions).to.have.length(2);
    fake.transactions[0]?.flush();
    await turns(1);
    expect(fake.transactions).to.have.length(3);
    fake.transactions[2]?.begin();
    for (const { flush } of fake.transactions) flush();
    await turns(1);
    expect(received).to.deep.equal(['a', 'b', 'c']);
  });

  it('complete their writes and wake watchers as soon as they are visible, before they are flushed', async () => {
    const { fake, opened, received, write } = environment();
    let woken = 0;
    const unwatch = opened.watchers.add(log, () => woken++);
    write('visible');
    write('flushed', 'flushed');
    fake.transactions[0]?.begin();
    expect([received, woken]).to.deep.equal([[], 0]);
    await turns(2);
    expect([received, woken]).to.deep.equal([['visible'], 1]);
    fake.transactions[0]?.flush();
    await turns(2);
    expect([received, woken]).to.deep.equal([['visible', 'flushed'], 1]);
    unwatch();
  });

  it('are polled until they are visible', async () => {
    const { fake, received, write } = environment();
    write('a');
    const broken = new Error('cannot be read');
    fake.transactions[0]?.begin();
    fake.broken = broken;
    await turns(100);
    expect(received).to.deep.equal([]);
    fake.broken = undefined;
    await new Promise<void>((resolve) => {
      const check = (): void => void (received.length > 0 ? resolve() : setImmediate(check));
      check();
    });
    expect(received).to.deep.equal(['a']);
  });

  it('complete their writes when they are flushed without having been visible, once', async () => {
    const { fake, opened, received, write } = environment();
    let woken = 0;
    const unwatch = opened.watchers.add(log, () => woken++);
    write('a');
    fake.transactions[0]?.begin();
    fake.broken = new Error('cannot be read');
    await turns(2);
    fake.transactions[0]?.flush();
    await turns(1);
    fake.broken = undefined;
    await turns(2);
    expect([received, woken]).to.deep.equal([['a'], 1]);
    unwatch();
  });

  it('fail with the folder and the cause, started or not, and the next one runs', async () => {
    const { fake, received, write } = environment();
    write('a', 'visible', true);
    fake.transactions[0]?.begin();
    await turns(2);
    write('b');
    fake.transactions[1]?.fail(new Error('no room'));
    await turns(2);
    write('c');
    fake.transactions[2]?.begin();
    await turns(2);
    const [half, room, last] = received as [StorageError, StorageError, string];
    expect([half, room].map((error) => error instanceof StorageError)).to.deep.equal([true, true]);
    expect(half.message).to.include('the/folder').and.include('half way');
    expect(room.message).to.include('the/folder').and.include('no room');
    expect(last).to.equal('c');
    expect(fake.transactions).to.have.length(3);
  });

  it('are not polled after a failure, and do not fail the later commits', async () => {
    const { fake, received, write } = environment();
    write('a');
    fake.transactions[0]?.begin();
    write('b');
    fake.broken = new Error('cannot be read');
    await turns(1);
    fake.transactions[0]?.fail(new Error('no room'));
    await turns(3);
    const polls = fake.snapshots;
    await turns(3);
    expect(fake.snapshots).to.equal(polls);
    fake.broken = undefined;
    fake.transactions[1]?.begin();
    await turns(2);
    expect(received.map((value) => (value instanceof Error ? value.name : value))).to.deep.equal(['StorageError', 'b']);
  });

  it('free the reader slots of dead processes, once a minute', () => {
    const manual = new ManualClock();
    replaceClock(manual);
    try {
      const { fake, write } = environment();
      const writeAt = (time: number): number => {
        manual.time = time;
        write('a');
        fake.transactions.at(-1)?.begin();
        fake.transactions.length = 0;
        return fake.readerChecks;
      };
      // Two commits at once are the most.
      expect([writeAt(59_999), writeAt(60_000)]).to.deep.equal([0, 1]);
      const later = environment();
      for (const [time, checks] of [
        [119_999, 0],
        [120_001, 1],
      ] as const) {
        manual.time = time;
        later.write('a');
        later.fake.transactions.at(-1)?.begin();
        expect(later.fake.readerChecks).to.equal(checks);
      }
    } finally {
      replaceClock(undefined);
    }
  });

  it('do not free reader slots again within the minute', async () => {
    const manual = new ManualClock();
    replaceClock(manual);
    try {
      const { fake, write } = environment();
      for (const time of [60_000, 60_001, 119_999, 120_000]) {
        manual.time = time;
        write('a');
        fake.transactions.at(-1)?.begin();
        fake.transactions.at(-1)?.flush();
        await turns(1);
      }
      expect([fake.transactions.length, fake.readerChecks]).to.deep.equal([4, 2]);
    } finally {
      replaceClock(undefined);
    }
  });

  it('are flushed before the environment is closed with its last holder', async () => {
    const { fake, opened, counts, write } = environment();
    opened.hold();
    opened.release();
    expect([counts.closed, fake.isClosed]).to.deep.equal([0, false]);
    write('a');
    opened.release();
    expect([counts.closed, fake.isClosed]).to.deep.equal([0, false]);
    fake.transactions[0]?.begin();
    fake.transactions[0]?.flush();
    await turns(1);
    expect([counts.closed, fake.isClosed]).to.deep.equal([1, true]);
  });

  it('are read in snapshots that are released, and a failed read names the folder', async () => {
    const { fake, opened } = environment();
    expect(opened.snapshot(() => 5)).to.equal(5);
    expect(fake.snapshots).to.equal(1);
    const failing = () => opened.snapshot(() => fake.table.get(Uint8Array.of(9)));
    fake.broken = new Error('torn');
    expect(failing).to.throw(StorageError, 'the/folder');
    expect(fake.snapshots).to.equal(2);
    const write = new QueuedWrite(log, 'visible', () => E.right(1));
    fake.broken = undefined;
    const done = firstValueFrom(opened.write(write));
    fake.transactions[0]?.begin();
    fake.transactions[0]?.flush();
    expect(await done).to.equal(1);
  });
});
