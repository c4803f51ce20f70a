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

/** An environment over a table whose transactions a spec begins and flushes. */
function environment() {
  const fake = new FakeTable();
  const told = { closed: 0 };
  const opened = new Environment('the/folder', () => told.closed++, fake.table);
  opened.hold();
  const heard: unknown[] = [];
  const write = (word: string, durability: Durability = 'visible', fails = false): void => {
    const work = () => {
      if (fails) throw new Error('half way');
      return E.right(word);
    };
    opened.write(new QueuedWrite(log, durability, work)).subscribe({
      next: (value) => heard.push(value),
      error: (error) => heard.push(error),
    });
  };
  return { fake, opened, told, heard, write };
}

/** So many turns of the loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the commits of an lmdb environment', () => {
  it('take all that is written until they begin', () => {
    const { fake, write } = environment();
    write('a');
    write('b');
    expect(fake.transactions).to.have.length(1);
    fake.transactions[0]?.begin();
    write('c');
    expect(fake.transactions).to.have.length(2);
  });

  it('wait while a transaction would continue from an older commit than the newest, and lose no write', async () => {
    const { fake, heard, write } = environment();
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
    expect(heard).to.deep.equal(['a', 'b']);
  });

  it('are two at once at most, and the next begins when one is flushed', async () => {
    const { fake, heard, write } = environment();
    for (const [index, word] of ['a', 'b', 'c'].entries()) {
      write(word, 'flushed');
      fake.transactions[index]?.begin();
    }
    expect(fake.transactions).to.have.length(2);
    fake.transactions[0]?.flush();
    await turns(1);
    expect(fake.transactions).to.have.length(3);
    fake.transactions[2]?.begin();
    for (const { flush } of fake.transactions) flush();
    await turns(1);
    expect(heard).to.deep.equal(['a', 'b', 'c']);
  });

  it('are told as soon as they can be seen, long before they are flushed, to watchers too', async () => {
    const { fake, opened, heard, write } = environment();
    let woken = 0;
    const leave = opened.watchers.add(log, () => woken++);
    write('visible');
    write('flushed', 'flushed');
    fake.transactions[0]?.begin();
    expect([heard, woken]).to.deep.equal([[], 0]);
    await turns(2);
    expect([heard, woken]).to.deep.equal([['visible'], 1]);
    fake.transactions[0]?.flush();
    await turns(2);
    expect([heard, woken]).to.deep.equal([['visible', 'flushed'], 1]);
    leave();
  });

  it('are looked for until they can be seen, also where that takes long', async () => {
    const { fake, heard, write } = environment();
    write('a');
    const broken = new Error('cannot be read');
    fake.transactions[0]?.begin();
    fake.broken = broken;
    await turns(100);
    expect(heard).to.deep.equal([]);
    fake.broken = undefined;
    await new Promise<void>((resolve) => {
      const look = (): void => void (heard.length > 0 ? resolve() : setImmediate(look));
      look();
    });
    expect(heard).to.deep.equal(['a']);
  });

  it('are told by their flush where they were not seen before, and then no more', async () => {
    const { fake, opened, heard, write } = environment();
    let woken = 0;
    const leave = opened.watchers.add(log, () => woken++);
    write('a');
    fake.transactions[0]?.begin();
    fake.broken = new Error('cannot be read');
    await turns(2);
    fake.transactions[0]?.flush();
    await turns(1);
    fake.broken = undefined;
    await turns(2);
    expect([heard, woken]).to.deep.equal([['a'], 1]);
    leave();
  });

  it('fail with the folder and the cause, whether they have begun or not, and the next goes on', async () => {
    const { fake, heard, write } = environment();
    write('a', 'visible', true);
    fake.transactions[0]?.begin();
    await turns(2);
    write('b');
    fake.transactions[1]?.fail(new Error('no room'));
    await turns(2);
    write('c');
    fake.transactions[2]?.begin();
    await turns(2);
    const [half, room, last] = heard as [StorageError, StorageError, string];
    expect([half, room].map((error) => error instanceof StorageError)).to.deep.equal([true, true]);
    expect(half.message).to.include('the/folder').and.include('half way');
    expect(room.message).to.include('the/folder').and.include('no room');
    expect(last).to.equal('c');
    expect(fake.transactions).to.have.length(3);
  });

  it('that failed are not looked for, and do not take what came after them with them', async () => {
    const { fake, heard, write } = environment();
    write('a');
    fake.transactions[0]?.begin();
    write('b');
    fake.broken = new Error('cannot be read');
    await turns(1);
    fake.transactions[0]?.fail(new Error('no room'));
    await turns(3);
    const looks = fake.snapshots;
    await turns(3);
    expect(fake.snapshots).to.equal(looks);
    fake.broken = undefined;
    fake.transactions[1]?.begin();
    await turns(2);
    expect(heard.map((word) => (word instanceof Error ? word.name : word))).to.deep.equal(['StorageError', 'b']);
  });

  it('free the places of readers that died, once a minute', () => {
    const hand = new ManualClock();
    replaceClock(hand);
    try {
      const { fake, write } = environment();
      const writeAt = (time: number): number => {
        hand.time = time;
        write('a');
        fake.transactions.at(-1)?.begin();
        fake.transactions.length = 0;
        return fake.readerChecks;
      };
      // Two at once are as many as there are.
      expect([writeAt(59_999), writeAt(60_000)]).to.deep.equal([0, 1]);
      const later = environment();
      for (const [time, checks] of [
        [119_999, 0],
        [120_001, 1],
      ] as const) {
        hand.time = time;
        later.write('a');
        later.fake.transactions.at(-1)?.begin();
        expect(later.fake.readerChecks).to.equal(checks);
      }
    } finally {
      replaceClock(undefined);
    }
  });

  it('do not free them again within the minute', async () => {
    const hand = new ManualClock();
    replaceClock(hand);
    try {
      const { fake, write } = environment();
      for (const time of [60_000, 60_001, 119_999, 120_000]) {
        hand.time = time;
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

  it('end with the last holder, when all is written', async () => {
    const { fake, opened, told, write } = environment();
    opened.hold();
    opened.release();
    expect([told.closed, fake.isClosed]).to.deep.equal([0, false]);
    write('a');
    opened.release();
    expect([told.closed, fake.isClosed]).to.deep.equal([0, false]);
    fake.transactions[0]?.begin();
    fake.transactions[0]?.flush();
    await turns(1);
    expect([told.closed, fake.isClosed]).to.deep.equal([1, true]);
  });

  it('are read in snapshots that are let go of, and a read that fails says where', async () => {
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
