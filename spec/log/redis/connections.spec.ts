import type { RedisClientType } from '@redis/client';
import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, type Subscription, take, toArray } from 'rxjs';
import { setErrorReporter } from '../../../lib/error/reportError.ts';
import { events } from '../../../lib/event/events.ts';
import { feed } from '../../../lib/feed/feed.ts';
import type { RedisClient } from '../../../lib/log/redis/RedisClient.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { onRedis } from './onRedis.ts';

const Numbers = events({ Numbered: { n: t.number } });

describe('redisLog over lost connections', () => {
  const redis = onRedis();
  const reported: string[] = [];

  beforeEach(() => {
    reported.length = 0;
    setErrorReporter((error) => reported.push(String(error)));
  });
  afterEach(() => setErrorReporter(undefined));

  /** Kills the connections of a kind of other clients. */
  const kill = (type: 'normal' | 'pubsub', by: RedisClientType): Promise<unknown> =>
    by.sendCommand(['CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes']);

  it('stores an append whose answer was lost once, also after other appends', async () => {
    let lost = 0;
    const client: RedisClient = {
      sendCommand: async (command, options) => {
        const reply = await redis.client.sendCommand(command, options);
        if (!command[0]?.startsWith('EVAL') || ++lost > 3) return reply;
        throw new Error('Socket closed unexpectedly');
      },
      duplicate: () => redis.client.duplicate(),
    };
    const log = redis.open({ client });
    const other = redis.open();
    const [first] = await Promise.all([append(log, samples(3)), append(other, samples(1, 10))]);
    const second = await append(log, samples(2, 4));
    expect(lost).to.be.above(3);
    const data = dataOf(await read(log));
    expect(data.length).to.equal(6);
    expect(data.slice(first.first - 1, first.last)).to.deep.equal(['1', '2', '3']);
    expect(data.slice(second.first - 1, second.last)).to.deep.equal(['4', '5']);
  });

  it('stores each append once, in order, while the connection is killed several times', async () => {
    const log = redis.open({ client: await redis.server.connect() });
    const appended = [];
    for (let n = 1; n <= 300; n++) {
      appended.push(append(log, samples(1, n)));
      if (n % 3 === 0) await redis.client.ping();
      if (n % 60 > 0) continue;
      await kill('normal', redis.client);
      await appended[n - 1];
    }
    const results = await Promise.all(appended);
    expect(dataOf(await read(redis.open()))).to.deep.equal(samples(300).map(({ data }) => data));
    expect(results.map(({ last }) => last)).to.deep.equal(results.map((_, index) => index + 1));
  });

  it('continues each feed at its position when the connection that listens is killed', async () => {
    const numbers = feed(Numbers, { log: redis.open() });
    const other = feed(Numbers, { log: redis.open({ client: await redis.server.connect() }) });
    await other.publish(Numbers.Numbered({ n: 1 }));
    const received = firstValueFrom(numbers.events({ from: 'oldest' }).pipe(take(20), toArray()));
    for (let n = 2; n <= 20; n++) {
      if (n % 5 === 0) await kill('pubsub', redis.client);
      await other.publish(Numbers.Numbered({ n }));
    }
    expect((await received).map(({ data }) => Reflect.get(data, 'n'))).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    numbers.close();
    other.close();
  });

  it('reports a lost listening connection, and wakes the readers when it is restored', async () => {
    const log = redis.open();
    const wakes: Subscription[] = [];
    const woken = () => new Promise<void>((resolve) => wakes.push(log.wakes.subscribe(() => resolve())));
    await woken();
    const message = 'could not listen to Redis: Socket closed unexpectedly';
    let isRestored = false;
    // The report comes at once, and the wake that follows it when the connection is open again, which may be at once, too.
    wakes.push(log.wakes.subscribe(() => (isRestored ||= reported.join().includes(message))));
    await kill('pubsub', redis.client);
    while (!isRestored) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const subscription of wakes) subscription.unsubscribe();
  });

  it('is notified of the appends to a log whose last watcher has left and is back at once', async () => {
    const log = redis.open();
    const other = redis.open({ client: await redis.server.connect() });
    const watch = () => {
      let notify = (): void => {};
      const subscription = log.wakes.subscribe(() => notify());
      return { subscription, woken: () => new Promise<void>((resolve) => (notify = resolve)) };
    };
    const first = watch();
    await first.woken();
    first.subscription.unsubscribe();
    const second = watch();
    await second.woken();
    // The answer to the command that left the channel has arrived as well.
    await redis.client.sendCommand(['PING']);
    const woken = second.woken();
    await append(other, samples(1));
    await woken;
    second.subscription.unsubscribe();
  });

  it('sends its scripts again after SCRIPT FLUSH', async () => {
    const log = redis.open();
    await append(log, samples(1));
    await redis.client.sendCommand(['SCRIPT', 'FLUSH']);
    await append(log, samples(1, 2));
    await redis.client.sendCommand(['SCRIPT', 'FLUSH']);
    expect(dataOf(await read(log))).to.deep.equal(['1', '2']);
  });

  it('opens no connection that listens without a reader, one for all logs with readers, and closes it', async () => {
    const client = await redis.server.connect({ name: 'counted' });
    const connections = async () =>
      String(await redis.client.sendCommand(['CLIENT', 'LIST']))
        .split('\n')
        .filter((line) => line.includes(' name=counted ')).length;
    const logs = Array.from({ length: 20 }, (_, index) => redis.open({ client, name: `${redis.name} ${index}` }));
    for (const log of logs) await append(log, samples(1));
    expect(await connections()).to.equal(1);
    const woken = logs.map((log) => firstValueFrom(log.wakes.pipe(take(2), toArray())));
    for (const log of logs) await append(log, samples(1));
    await Promise.all(woken);
    expect(await connections()).to.equal(2);
    for (const log of logs) log.close();
    while ((await connections()) > 1) await redis.client.ping();
  });
});

describe('the commands of redisLog', () => {
  const redis = onRedis();

  /** Returns how many commands of a kind the server has run, scripts by themselves. */
  const commands = async (): Promise<Record<string, number>> => {
    const stats = String(await redis.client.sendCommand(['INFO', 'commandstats']));
    return Object.fromEntries(
      [...stats.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)].map(([, name = '', calls]) => [name, Number(calls)]),
    );
  };
  const connections = async () =>
    String(await redis.client.sendCommand(['CLIENT', 'LIST']))
      .trim()
      .split('\n').length;

  /** Publishes one event at a time to `count` readers. */
  async function cost(readers: number): Promise<{ readonly scripts: number; readonly connections: number }> {
    const log = redis.open({ client: await redis.server.connect() });
    const numbers = feed(Numbers, { log });
    await numbers.publish(Numbers.Numbered({ n: 0 }));
    let received = 0;
    let onReceived = (): void => {};
    const subscriptions = Array.from({ length: readers }, () =>
      numbers.events({ from: 'oldest' }).subscribe(() => {
        if (++received % readers === 0) onReceived();
      }),
    );
    const all = () => new Promise<void>((resolve) => (onReceived = resolve));
    await all();
    const before = await commands();
    for (let n = 1; n <= 50; n++) {
      const arrived = all();
      await numbers.publish(Numbers.Numbered({ n }));
      await arrived;
    }
    const after = await commands();
    const open = await connections();
    for (const subscription of subscriptions) subscription.unsubscribe();
    numbers.close();
    const scripts = ['evalsha', 'eval'].reduce((sum, name) => sum + (after[name] ?? 0) - (before[name] ?? 0), 0);
    return { scripts, connections: open };
  }

  it('are the same for 1,000 readers as for 10: an append and a page for each event, over two connections', async () => {
    const [few, many] = [await cost(10), await cost(1000)];
    // The client of the spec and that of the previous log are connected as well.
    expect([few.connections, many.connections - 1]).to.deep.equal([3, 3]);
    for (const { scripts } of [few, many]) expect(scripts).to.be.within(100, 110);
  });

  it('are one for all appends of one turn', async () => {
    const log = redis.open();
    await append(log, samples(1));
    const before = await commands();
    await Promise.all(Array.from({ length: 50 }, (_, index) => append(log, samples(1, index + 2))));
    const after = await commands();
    expect((after.evalsha ?? 0) - (before.evalsha ?? 0)).to.equal(1);
    expect(dataOf(await read(log)).length).to.equal(51);
  });
});
