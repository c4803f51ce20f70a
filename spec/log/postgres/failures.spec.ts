import { expect } from 'chai';
import { Pool } from 'pg';
import { EMPTY, firstValueFrom } from 'rxjs';
import { replaceErrorReporter } from '../../../lib/error/reportError.ts';
import { StorageError } from '../../../lib/error/StorageError.ts';
import { postgresFailure } from '../../../lib/log/postgres/postgresFailure.ts';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { freePort } from '../../support/nginx.ts';
import { watchProcess } from '../../support/watchProcess.ts';
import { append, read, samples } from '../calls.ts';
import { useDatabase } from './database.ts';

/** Returns the error that a promise is rejected with. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('postgresLog on a database that cannot store', () => {
  const database = useDatabase();
  let reported: string[] = [];
  let onReport = () => {};
  let restore = () => {};

  beforeEach(() => {
    reported = [];
    const before = replaceErrorReporter((error, where) => {
      reported.push(`${where}: ${String(error)}`);
      onReport();
    });
    restore = () => void replaceErrorReporter(before);
  });
  afterEach(() => restore());

  /** Checks the error of a write and of a read, and what was reported when the log was created. */
  async function expectFailure(pool: Pool, code: string, remedy: string, readFails = true): Promise<void> {
    const isReported = new Promise<void>((resolve) => {
      onReport = resolve;
    });
    const log = postgresLog({ pool, name: database.name });
    await isReported;
    const failure = await errorOf(append(log, samples(1)));
    expect(failure).to.be.instanceOf(StorageError);
    expect(failure).to.include({ code });
    expect(String(failure)).to.contain(`"${database.name}"`).and.to.contain(remedy);
    if (readFails) expect(await errorOf(read(log))).to.include({ name: 'StorageError', code });
    log.close();
    expect(reported.length, reported.join('\n')).to.be.at.least(1);
    for (const each of reported)
      expect(each)
        .to.match(/^postgresLog: StorageError/)
        .and.to.contain(remedy);
  }

  it('names the migration when the tables are missing, also when it is created', async () => {
    await database.server.run('create database bare');
    await expectFailure(database.otherPool({ database: 'bare' }), '3F000', 'postgresSchema');
  });

  it('names the rights that the role lacks', async () => {
    await database.server.run('create role nobody login');
    await expectFailure(database.otherPool({ user: 'nobody' }), '42501', 'grant the role usage of the schema rxsse');
    reported = [];
    await database.server.run(
      'grant usage on schema rxsse to nobody; grant select on all tables in schema rxsse to nobody',
    );
    await expectFailure(database.otherPool({ user: 'nobody' }), '42501', 'insert, update and delete', false);
  });

  it('works for a role with no other rights than the documented ones', async () => {
    await database.server.run(
      `create role app login; grant usage on schema rxsse to app;
       grant select, insert, update, delete on all tables in schema rxsse to app`,
    );
    const log = database.open({ pool: database.otherPool({ user: 'app' }), maxEntries: 1, maxKeys: 1 });
    for (const key of ['a', 'b', 'c']) await append(log, samples(3), { key });
    const { floor, tail } = await read(log);
    expect([floor > 0, tail]).to.deep.equal([true, 9]);
    expect((await firstValueFrom(log.claim?.('me', 1000) ?? EMPTY)).held).to.equal(true);
    await firstValueFrom(log.end('completed'));
    expect(reported).to.deep.equal([]);
  });

  it('reports that a server is read-only', async () => {
    const pool = database.otherPool({ options: '-c default_transaction_read_only=on' });
    await expectFailure(pool, '25006', 'connect the pool to the primary', false);
  });

  it('names the limit that ended an append that waited for a transaction', async () => {
    const holder = await database.pool.connect();
    await append(database.open(), samples(1));
    await holder.query('begin');
    await holder.query('select from rxsse.logs where name = $1 for update', [database.name]);
    const error = async (options: string) =>
      String(await errorOf(append(database.open({ pool: database.otherPool({ options }) }), samples(1))));
    expect(await error('-c statement_timeout=30')).to.contain('raise statement_timeout, or commit sooner');
    expect(await error('-c lock_timeout=30')).to.contain('raise lock_timeout, or commit sooner');
    await holder.query('rollback');
    holder.release();
    expect(reported).to.deep.equal([]);
  });

  it('refuses a pool with one connection, on which it would listen and never write', () => {
    const pool = database.otherPool({ max: 1 });
    expect(() => postgresLog({ pool })).to.throw(RangeError, 'set its max to 2 or more');
  });

  it('names what to do about other errors of Postgres, and of a pool that has ended', async () => {
    const remedyOf = (error: object) => postgresFailure('write', Object.assign(new Error('no'), error)).message;
    expect(remedyOf({ code: '53100' })).to.contain('the disk of the database is full: make room');
    expect(remedyOf({ code: '28P01' })).to.contain('pass the right user and password');
    expect(remedyOf({ code: 'XX000' })).to.contain('look into the log of the server');
    expect(remedyOf({ code: 'ECONNREFUSED' })).to.contain('check the connection to Postgres');
    const pool = new Pool(database.server.connection);
    const log = postgresLog({ pool, name: database.name });
    await append(log, samples(1));
    await pool.end();
    expect(String(await errorOf(append(log, samples(1))))).to.contain('close its logs before the pool ends');
    log.close();
  });

  it('repeats an append while the server does not answer, for appendTimeout, and ends no process', async () => {
    const watched = watchProcess();
    const pool = new Pool({ ...database.server.connection, port: await freePort() });
    const log = postgresLog({ pool, name: database.name, appendTimeout: 60 });
    const subscription = log.wakes.subscribe();
    const error = await errorOf(append(log, samples(1)));
    expect(error).to.include({ name: 'StorageError', code: 'ECONNREFUSED' });
    expect(String(error)).to.contain('check the connection to Postgres');
    subscription.unsubscribe();
    log.close();
    await pool.end();
    const errors = await watched.settled();
    watched.stop();
    expect(errors).to.deep.equal([]);
  });

  it('continues after the server has closed all its connections, also idle ones', async () => {
    const watched = watchProcess();
    const pool = database.otherPool({ application_name: 'closed' });
    const log = database.open({ pool });
    await Promise.all([append(log, samples(1)), read(log), read(log)]);
    await database.server.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'closed'`,
    );
    expect((await append(log, samples(1, 2))).first).to.equal(2);
    expect((await read(log)).tail).to.equal(2);
    const errors = await watched.settled();
    watched.stop();
    expect(errors).to.deep.equal([]);
  });
});
