import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import * as t from 'io-ts';
import { Pool } from 'pg';
import { defer, retry } from 'rxjs';
import { replaceErrorReporter } from '../../../lib/error/reportError.ts';
import { parseCursor } from '../../../lib/event/cursor.ts';
import { events } from '../../../lib/event/events.ts';
import { type Feed, feed } from '../../../lib/feed/feed.ts';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { PostgresServer } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';
import { watchProcess } from '../../support/watchProcess.ts';
import { read } from '../calls.ts';

const { Numbered } = events({ Numbered: { n: t.number } });
const Numbers = events({ Numbered });

describe('postgresLog on a server that is restarted', function () {
  this.timeout(60_000);
  const postgres = requires('postgres');
  let server: PostgresServer;
  const pools: Pool[] = [];
  const closers: (() => void)[] = [];
  let name = '';
  let restore = () => {};

  before(async () => {
    server = await PostgresServer.create(postgres());
  });
  beforeEach(() => {
    const before = replaceErrorReporter(() => {});
    restore = () => void replaceErrorReporter(before);
    name = `log ${Math.random()}`;
  });
  afterEach(async () => {
    restore();
    for (const close of closers.splice(0)) close();
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  after(() => server?.remove());

  function openLog(options = '') {
    const pool = new Pool({ ...server.connection, options });
    pools.push(pool);
    return postgresLog({ pool, name, appendTimeout: 20_000 });
  }

  function openFeed(settings = ''): Feed<typeof Numbers> {
    const numbers = feed(Numbers, { log: openLog(settings) });
    closers.push(() => numbers.close());
    return numbers;
  }

  /** Reads as a client does: when its connection is cut it reconnects with its last cursor. */
  function follow(numbers: Feed<typeof Numbers>) {
    const received: unknown[] = [];
    let from = 'oldest';
    const subscription = defer(() => numbers.entries({ from }))
      .pipe(retry({ delay: 50, count: 200 }))
      .subscribe({
        next: ({ event, cursor }) => {
          from = cursor;
          received.push(event?.type === 'numbered' ? Reflect.get(event.data, 'n') : event);
        },
        error: (error) => received.push(error),
      });
    return { received, subscription };
  }

  /** Waits until a condition holds, ten seconds at most; what is missing shows in what is compared then. */
  async function until(condition: () => boolean): Promise<void> {
    for (let attempt = 0; attempt < 1000 && !condition(); attempt++) await wait(10);
  }

  /** Publishes numbers, one after the other, and returns those that were acknowledged. */
  async function publishUntil(
    numbers: Feed<typeof Numbers>,
    from: number,
    stopped: Promise<unknown>,
  ): Promise<readonly number[]> {
    let isStopped = false;
    void stopped.finally(() => {
      isStopped = true;
    });
    const acknowledged: number[] = [];
    for (let n = from; !isStopped || n < from + 20; n++) {
      await numbers.publish(Numbered({ n }));
      acknowledged.push(n);
    }
    return acknowledged;
  }

  for (const [title, how, settings] of [
    ['restart', 'fast', ''],
    ['crash', 'immediate', ''],
    ['crash, also where the app commits asynchronously', 'immediate', '-c synchronous_commit=off'],
  ] as const) {
    it(`delivers every acknowledged event once over a ${title}, and ends no process`, async () => {
      const watched = watchProcess();
      const publishers = [openFeed(settings), openFeed(settings)];
      const readers = [openFeed(), openFeed()].map(follow);
      const restarted = (async () => {
        for (let round = 0; round < 2; round++) {
          await wait(300);
          await server.stop(how);
          await wait(300);
          await server.start();
        }
      })();
      const acknowledged = await Promise.all(
        publishers.map((publisher, index) => publishUntil(publisher, 1_000_000 * (index + 1), restarted)),
      );
      const total = acknowledged.reduce((sum, numbers) => sum + numbers.length, 0);
      await until(() => readers.every(({ received }) => received.length >= total));

      for (const { received: numbers } of readers) {
        acknowledged.forEach((own, index) => {
          expect(numbers.filter((n) => Math.floor(Number(n) / 1_000_000) === index + 1)).to.deep.equal(own);
        });
      }
      expect(readers[1]?.received).to.deep.equal(readers[0]?.received);
      for (const { subscription } of readers) subscription.unsubscribe();
      const errors = await watched.settled();
      watched.stop();
      expect(errors).to.deep.equal([]);
    });
  }

  it('continues under a new epoch on a replica that lacks the newest entries, with a gap for a reader that has received them', async () => {
    const numbers = openFeed();
    const publish = async (n: number) => parseCursor(await numbers.publish(Numbered({ n })));
    for (const n of [1, 2, 3]) await publish(n);
    server.backup('replica');
    for (const n of [4, 5]) await publish(n);
    const connected = follow(numbers);
    await until(() => connected.received.length >= 5);
    await server.failOver('replica');

    const log = openLog();
    closers.push(() => log.close());
    const { epoch } = await read(log);
    expect((await read(log)).tail).to.equal(3);
    const published = await publish(6);
    const page = await read(log);
    expect(published).to.have.nested.include({ 'right.epoch': page.epoch, 'right.sequence': 4 });
    expect(page.epoch).to.not.equal(epoch);
    expect(page.past.at(-1)).to.deep.equal({ epoch, last: 3 });
    await until(() => connected.received.length >= 10);
    const gap = {
      type: 'rxsse.gap',
      data: { reason: 'epoch', requested: `1.${epoch}.5`, resumedFrom: `1.${page.epoch}.0` },
    };
    expect(connected.received).to.deep.equal([1, 2, 3, 4, 5, gap, 1, 2, 3, 6]);
    connected.subscription.unsubscribe();
  });
});
