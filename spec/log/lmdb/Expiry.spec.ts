import { expect } from 'chai';
import { asyncScheduler, firstValueFrom, take } from 'rxjs';
import type { EventLog } from '../../../lib/log/EventLog.ts';
import { Environment } from '../../../lib/log/lmdb/Environment.ts';
import { entryKey, hashOf } from '../../../lib/log/lmdb/layout.ts';
import { StoredLog } from '../../../lib/log/lmdb/StoredLog.ts';
import { storedIn } from '../../../lib/log/lmdb/StoredState.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { FakeTable } from './FakeTable.ts';
import { freshFolder } from './folder.ts';

/** Returns a folder in virtual time whose transactions start at once. */
function fakeFolder() {
  const fake = new FakeTable();
  const transactions: number[] = [];
  fake.childTransaction = (work) => {
    transactions.push(asyncScheduler.now());
    work();
    return new Promise(() => {});
  };
  const environment = new Environment('the/folder', () => {}, fake.table);
  const open = (name: string, age: number): EventLog => {
    environment.hold();
    const now = () => asyncScheduler.now();
    const retention = { entries: Infinity, bytes: Infinity, age };
    return new StoredLog(environment, {
      name,
      retention,
      keys: 10,
      durability: 'visible',
      boot: 'b',
      now,
      elapsed: now,
    });
  };
  const retained = (name: string): number => {
    const state = storedIn(fake.table, hashOf(name));
    const found = fake.getRange({ start: entryKey(hashOf(name), 0), end: entryKey(hashOf(name), 1e9) }).length;
    expect((state?.tail ?? 0) - (state?.floor ?? 0)).to.equal(found);
    return found;
  };
  return { open, retained, transactions };
}

const at = (ms: number, work: () => void) => asyncScheduler.schedule(work, ms);

describe('maxAge of lmdbLog, in virtual time,', () => {
  it(
    'removes the entries of a log without appends, at most an eighth and one round later',
    marbles(
      ({ flush }) => {
        const { open, retained } = fakeFolder();
        const log = open('quiet', 80_000);
        log.append(samples(3));
        at(80_000, () => expect(retained('quiet')).to.equal(3));
        at(90_000 + 10_200, () => {
          expect(retained('quiet')).to.equal(0);
          log.close();
        });
        flush();
      },
      { until: '10m' },
    ),
  );

  it(
    'writes nothing while no entry is too old, and has no timer when its logs are closed',
    marbles(
      ({ flush }) => {
        const { open, transactions } = fakeFolder();
        const [log, other] = [open('quiet', 60_000), open('other', Infinity)];
        log.append(samples(1));
        at(59_000, () => log.close());
        flush();
        other.close();
        expect(transactions).to.deep.equal([0]);
      },
      { until: '10m' },
    ),
  );
});

describe('maxAge of lmdbLog, in a file,', () => {
  const folder = freshFolder();
  let now = 1_000_000;
  const clock = { now: () => now };

  /** Makes every entry too old, waits for the next wake-up of a log, and reads it. */
  async function nextChange(log: EventLog) {
    const woken = firstValueFrom(log.wakes.pipe(take(1)));
    now += 100_000;
    await woken;
    return read(log);
  }

  it('is stored with the log, and removes its entries when no process has it open', async () => {
    const aged = folder.open({ name: 'aged', maxAge: 1000 }, clock);
    await append(aged, samples(3));
    aged.close();
    const ageless = folder.open({ name: 'ageless' }, clock);
    await append(ageless, samples(3));
    // This process removes old entries because of another log with an age; this log has none.
    const log = folder.open({ name: 'aged' }, clock);
    const change = nextChange(log);
    folder.open({ name: 'other', maxAge: 1000 }, clock);
    expect(await change).to.include({ floor: 3, tail: 3 });
    expect((await read(ageless)).floor).to.equal(0);
    const { first } = await append(log, samples(1, 4));
    expect([first, dataOf(await read(log))]).to.deep.equal([4, ['4']]);
  });

  it('applies to entries that were stored without it when the log is opened with it', async () => {
    const before = folder.open({}, clock);
    await append(before, samples(2000));
    before.close();
    const log = folder.open({ maxAge: 1000 }, clock);
    const floors: number[] = [];
    for (let page = await nextChange(log); ; page = await nextChange(log)) {
      // A log may wake its readers without a change.
      if (page.floor !== floors.at(-1)) floors.push(page.floor);
      if (page.floor === 2000) break;
    }
    expect(floors).to.deep.equal([1024, 2000]);
  });
});
