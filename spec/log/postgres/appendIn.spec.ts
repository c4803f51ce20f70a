import { expect } from 'chai';
import * as t from 'io-ts';
import type { PoolClient } from 'pg';
import { firstValueFrom } from 'rxjs';
import { events } from '../../../lib/event/events.ts';
import type { PostgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { append, dataOf, read, samples, tagOf, textOf } from '../calls.ts';
import { useDatabase } from './database.ts';

const Orders = events({ OrderPaid: { order: t.string } });
const paid = (order: string) => Orders.OrderPaid({ order });

describe('postgresLog in a transaction of the app', () => {
  const database = useDatabase();

  /** Runs the callback in a transaction of its own, which stays open. */
  async function begin(isolation = 'read committed'): Promise<PoolClient> {
    const client = await database.pool.connect();
    await client.query(`begin isolation level ${isolation}`);
    return client;
  }

  async function finish(client: PoolClient, how: 'commit' | 'rollback'): Promise<void> {
    await client.query(how);
    client.release();
  }

  const orders = async (log: PostgresLog): Promise<readonly string[]> =>
    dataOf(await read(log)).map((data) => JSON.parse(data).order);

  it('stores an event with its commit, wakes then, and returns its position before', async () => {
    const log = database.open();
    const { epoch } = await append(log, samples(1));
    const client = await begin();
    expect(await log.appendIn(client, Orders, [paid('a'), paid('b')])).to.deep.equal({ epoch, first: 2, last: 3 });
    expect((await read(log)).tail).to.equal(1);
    const woken = firstValueFrom(log.wakes);
    await finish(client, 'commit');
    await woken;
    expect(textOf(await read(log, 2))).to.equal(`id: 1.${epoch}.3\nevent: order_paid\ndata: {"order":"b"}\n\n`);
  });

  it('stores nothing of a transaction, or a part of one, that is rolled back, and leaves no hole', async () => {
    const log = database.open();
    const rolledBack = await begin();
    await log.appendIn(rolledBack, Orders, paid('never'));
    await finish(rolledBack, 'rollback');

    const client = await begin();
    await log.appendIn(client, Orders, paid('a'));
    await client.query('savepoint part');
    await log.appendIn(client, Orders, paid('never'));
    await client.query('rollback to part');
    expect((await log.appendIn(client, Orders, paid('b'))).first).to.equal(2);
    await finish(client, 'commit');
    expect(await orders(log)).to.deep.equal(['a', 'b']);
  });

  it('loses no event when the transaction that appends first commits last, in contrast to the sequence of a table', async () => {
    await database.pool.query('drop table if exists outbox; create table outbox (id bigserial, data text)');
    const insert = 'insert into outbox (data) values ($1)';
    const rowsAfter = async (id: number) =>
      (await database.pool.query('select id::int, data from outbox where id > $1 order by id', [id])).rows;
    const [slow, fast] = [await begin(), await begin()];
    await slow.query(insert, ['slow']);
    await fast.query(insert, ['fast']);
    await finish(fast, 'commit');
    expect(await rowsAfter(0)).to.deep.equal([{ id: 2, data: 'fast' }]);
    await finish(slow, 'commit');
    expect(await rowsAfter(2), 'what the reader of the table gets after id 2').to.deep.equal([]);

    const log = database.open();
    const [first, second] = [await begin(), await begin()];
    await log.appendIn(first, Orders, paid('slow'));
    const appended = log.appendIn(second, Orders, paid('fast'));
    // The numbers have the order of the commits because it waits.
    expect(await Promise.race([appended.then(() => false), waitsForLock()])).to.equal(true);
    expect(await orders(log)).to.deep.equal([]);
    await finish(first, 'commit');
    expect(await orders(log)).to.deep.equal(['slow']);
    await appended;
    await finish(second, 'commit');
    expect(await orders(log)).to.deep.equal(['slow', 'fast']);
  });

  it('delays an append of the process until a transaction commits, and loses neither event', async () => {
    const log = database.open();
    const client = await begin();
    await log.appendIn(client, Orders, paid('late'));
    const appended = append(log, [{ event: undefined, data: '{"order":"early"}', retry: undefined }]);
    expect(await Promise.race([appended.then(() => false), waitsForLock()])).to.equal(true);
    expect((await read(log)).tail).to.equal(0);
    await finish(client, 'commit');
    expect((await appended).first).to.equal(2);
    expect(await orders(log)).to.deep.equal(['late', 'early']);
  });

  it('stores an event once for each key', async () => {
    const log = database.open();
    for (const order of ['a', 'b']) {
      const client = await begin();
      expect((await log.appendIn(client, Orders, paid(order), { key: 'A-17' })).first).to.equal(1);
      await finish(client, 'commit');
    }
    expect(await orders(log)).to.deep.equal(['a']);
  });

  it('rejects an event outside the contract and a log that has ended or is closed, and the transaction stays usable', async () => {
    const log = database.open();
    await firstValueFrom(log.end('completed'));
    const client = await begin();
    const wrong = { type: 'order_paid', data: { order: 17 } } as never;
    expect(await tagOf(log.appendIn(client, Orders, wrong))).to.equal('DecodeError');
    expect(await tagOf(log.appendIn(client, Orders, paid('a')))).to.equal('ClosedError');
    expect(await tagOf(log.appendIn(client, Orders, paid('a'), { token: 7 }))).to.equal('ClosedError');
    log.close();
    expect(await tagOf(log.appendIn(client, Orders, paid('a')))).to.equal('ClosedError');
    expect((await client.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await finish(client, 'commit');
  });

  it('rejects in a transaction above read committed when others have appended since, with the advice to repeat it', async () => {
    const log = database.open();
    await append(log, samples(1));
    const client = await begin('repeatable read');
    await client.query('select 1');
    await append(log, samples(1, 2));
    const error = await log.appendIn(client, Orders, paid('a')).catch((error: unknown) => error);
    expect(error).to.include({ name: 'StorageError', code: '40001' });
    expect(String(error)).to.contain('repeat the transaction');
    await finish(client, 'rollback');
  });

  /** Resolves with true as soon as a connection waits for a lock. */
  async function waitsForLock(): Promise<boolean> {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`;
    for (let attempt = 0; attempt < 2000; attempt++) {
      if ((await database.pool.query(waiting)).rows.length > 0) return true;
    }
    return false;
  }
});
