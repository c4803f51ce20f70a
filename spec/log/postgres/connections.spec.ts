import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, Subject, skip, take, toArray } from 'rxjs';
import { replaceErrorReporter } from '../../../lib/error/reportError.ts';
import { StorageError } from '../../../lib/error/StorageError.ts';
import { events } from '../../../lib/event/events.ts';
import { feed } from '../../../lib/feed/feed.ts';
import type { PostgresPool } from '../../../lib/log/postgres/PostgresPool.ts';
import { watchProcess } from '../../support/watchProcess.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { withCuttingProxy } from './cuttingProxy.ts';
import { useDatabase } from './database.ts';

const { Numbered } = events({ Numbered: { n: t.number } });
const Numbers = events({ Numbered });

describe('postgresLog', () => {
  const database = useDatabase();
  const reported: string[] = [];
  let restore = () => {};

  beforeEach(() => {
    reported.length = 0;
    const before = replaceErrorReporter((error) => {
      reported.push(String(error));
    });
    restore = () => void replaceErrorReporter(before);
  });
  afterEach(() => restore());

  /** Returns the state of the connections of a pool with this name, oldest first. */
  const connectionsOf = async (application: string) =>
    (
      await database.server.run(
        `select pid, query from pg_stat_activity where application_name = $1 order by backend_start`,
        [application],
      )
    ).map(({ pid, query }) => ({ pid, query: String(query) }));

  /** Repeats a condition until it holds, and lets the server do something in between. */
  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 1000; attempt++) {
      if (await condition()) return;
      await database.pool.query('select 1');
    }
    throw new Error('the condition does not hold after 1000 attempts');
  }

  it('stores each append once when its connection is cut during the commit, also several times', async () => {
    await withCuttingProxy(database.server.port, async (proxy) => {
      const log = database.open({ pool: database.otherPool({ port: proxy.port }) });
      const other = database.open();
      await append(log, samples(1));
      proxy.cutAnswersTo('rxsse.write', 3);
      const [first, second] = await Promise.all([append(log, samples(2, 2)), append(log, samples(1, 4), { key: 'k' })]);
      await append(other, samples(1, 100));
      const third = await append(log, samples(1, 5));
      expect(proxy.cuts).to.equal(3);
      expect([first, second, third].map((each) => [each.first, each.last])).to.deep.equal([
        [2, 3],
        [4, 4],
        [6, 6],
      ]);
      expect(dataOf(await read(log))).to.deep.equal(['1', '2', '3', '4', '100', '5']);
    });
  });

  it('reports that an append may have been stored when it cannot find out, and answers its key later', async () => {
    await withCuttingProxy(database.server.port, async (proxy) => {
      const log = database.open({ pool: database.otherPool({ port: proxy.port }), appendTimeout: 100 });
      await append(log, samples(1));
      proxy.cutForever('rxsse.write');
      const failure = await append(log, samples(1, 2), { key: 'A-17' }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(StorageError);
      expect(String(failure)).to.contain('this write may have been stored or not').and.to.contain('the same key');
      expect((await append(database.open(), samples(1, 2), { key: 'A-17' })).first).to.equal(2);
      expect(dataOf(await read(database.open()))).to.deep.equal(['1', '2']);
    });
  });

  it('ends with the first end, also when its connection is cut during the commit', async () => {
    await withCuttingProxy(database.server.port, async (proxy) => {
      const log = database.open({ pool: database.otherPool({ port: proxy.port }) });
      proxy.cutAnswersTo('rxsse.write', 1);
      expect((await firstValueFrom(log.end('failed'))).ended).to.equal('failed');
      expect((await firstValueFrom(database.open().end('completed'))).ended).to.equal('failed');
    });
  });

  it('listens again when the server closes the listening connection, and its readers miss no event', async () => {
    const watched = watchProcess();
    const numbers = feed(Numbers, {
      log: database.open({ pool: database.otherPool({ application_name: 'listener' }) }),
    });
    const other = feed(Numbers, { log: database.open() });
    await other.publish(Numbered({ n: 1 }));
    const received = firstValueFrom(numbers.events({ from: 'oldest' }).pipe(take(12), toArray()));
    for (let n = 2; n <= 12; n++) {
      if (n % 4 === 0) {
        await until(async () => (await connectionsOf('listener')).some(({ query }) => /listen|as seen/.test(query)));
        await database.server.run(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listener'`,
        );
      }
      await other.publish(Numbered({ n }));
    }
    expect((await received).map(({ data }) => Reflect.get(data, 'n'))).to.deep.equal(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    expect(reported.join()).to.contain('could not listen to Postgres');
    const errors = await watched.settled();
    watched.stop();
    expect(errors).to.deep.equal([]);
    numbers.close();
    other.close();
  });

  it('finds what was appended without a notification by its poll', async () => {
    // As after a process that is killed between its commit and the notification.
    const silent: PostgresPool = Object.assign(database.otherPool(), {});
    const query = silent.query.bind(silent);
    silent.query = (text, values) => (text.includes('pg_notify') ? Promise.resolve({ rows: [] }) : query(text, values));
    const numbers = feed(Numbers, { log: database.open({ pool: database.otherPool(), pollInterval: 20 }) });
    const other = feed(Numbers, { log: database.open({ pool: silent }) });
    const received = firstValueFrom(numbers.events({ from: 'oldest' }).pipe(skip(4)));
    for (let n = 1; n <= 5; n++) await other.publish(Numbered({ n }));
    expect((await received).data).to.deep.equal({ n: 5 });
    numbers.close();
    other.close();
  });

  it('costs the same for 10 and for 1000 readers: a read an event, one connection that listens', async () => {
    const costs: unknown[] = [];
    for (const readers of [10, 1000]) {
      const application = `cost of ${readers}`;
      const pool = database.otherPool({ application_name: application });
      const statements: string[] = [];
      const query = pool.query.bind(pool) as (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
      pool.query = ((text: string, values?: unknown[]) => {
        statements.push(/rxsse\.\w+|pg_notify/.exec(text)?.[0] ?? text);
        return query(text, values);
      }) as typeof pool.query;
      const name = `${database.name} ${readers}`;
      const numbers = feed(Numbers, { log: database.open({ pool, name, pollInterval: 60_000 }) });
      const other = feed(Numbers, { log: database.open({ name }) });
      let left = 0;
      const all = new Subject<void>();
      const subscriptions = Array.from({ length: readers }, () =>
        numbers.events({ from: 'oldest' }).subscribe(() => --left === 0 && all.next()),
      );
      const publish = async (n: number): Promise<void> => {
        left = readers;
        const received = firstValueFrom(all);
        await other.publish(Numbered({ n }));
        await received;
      };
      // The first is also found by the first poll.
      await publish(1);
      await until(async () => (await connectionsOf(application)).some(({ query }) => query.includes('as seen')));
      const before = statements.length;
      for (let n = 2; n <= 21; n++) await publish(n);
      const connections = (await connectionsOf(application)).filter(({ query }) => /listen|as seen/.test(query)).length;
      costs.push({ statements: statements.slice(before), connections });
      for (const subscription of subscriptions) subscription.unsubscribe();
      numbers.close();
      other.close();
    }
    const statements = Array.from({ length: 20 }, () => 'rxsse.page');
    expect(costs[0]).to.deep.equal({ statements, connections: 1 });
    expect(costs[1]).to.deep.equal(costs[0]);
  });

  it('listens on one connection for all logs, while there are readers, and returns it', async () => {
    const pool = database.otherPool({ application_name: 'counted' });
    const logs = Array.from({ length: 20 }, (_, index) => database.open({ pool, name: `${database.name} ${index}` }));
    for (const log of logs) await append(log, samples(1));
    // Each append is followed by its notification; without a reader no connection stays in use.
    await until(async () => pool.idleCount === pool.totalCount);
    const subscriptions = logs.map((log) => log.wakes.subscribe());
    await until(async () => (await connectionsOf('counted')).some(({ query }) => query.includes('as seen')));
    expect(pool.totalCount - pool.idleCount, 'connections in use with readers of all').to.equal(1);
    for (const subscription of subscriptions) subscription.unsubscribe();
    await until(async () => pool.idleCount === pool.totalCount);
    const channels = await pool.query('select pg_listening_channels()');
    expect(channels.rows).to.deep.equal([]);
  });
});
