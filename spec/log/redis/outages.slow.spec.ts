import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import * as t from 'io-ts';
import { lastValueFrom, map, takeWhile, toArray } from 'rxjs';
import { setErrorReporter } from '../../../lib/error/reportError.ts';
import { events } from '../../../lib/event/events.ts';
import { isGap } from '../../../lib/event/Gap.ts';
import { type Feed, feed } from '../../../lib/feed/feed.ts';
import { type Deferred, deferred } from '../../support/deferred.ts';
import { onRedis } from './onRedis.ts';

const Numbers = events({ Numbered: { n: t.number } });
type NumberFeed = Feed<typeof Numbers>;

/** Returns what a reader of a feed receives up to a number: numbers, and the reasons of gaps. */
function valuesUpTo(last: number, numbers: NumberFeed): Promise<readonly (number | string)[]> {
  return lastValueFrom(
    numbers.events({ from: 'oldest' }).pipe(
      map((event) => (isGap(event) ? event.data.reason : event.data.n)),
      takeWhile((value) => value !== last, true),
      toArray(),
    ),
  );
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

for (const { persistence, options, received } of [
  {
    persistence: 'with its data',
    options: ['--appendonly', 'yes', '--appendfsync', 'always'],
    received: upTo(90),
  },
  { persistence: 'without its data', options: [], received: [...upTo(30), 'epoch', ...upTo(90).slice(30)] },
]) {
  describe(`redisLog while Redis is stopped for 5 s and started again ${persistence}`, function () {
    this.timeout(60_000);
    const redis = onRedis([...options, '--enable-debug-command', 'yes']);

    it('sends a reader of another process every acknowledged event once and in order, or a gap', async () => {
      const reported: string[] = [];
      setErrorReporter((error) => reported.push(String(error)));
      const publisher = feed(Numbers, { log: redis.open({ appendTimeout: 30_000 }) });
      const reader = feed(Numbers, { log: redis.open({ client: await redis.server.connect() }) });
      const values = valuesUpTo(90, reader);
      const publish = async (from: number, to: number) => {
        for (let n = from; n <= to; n++) await publisher.publish(Numbers.Numbered({ n }));
      };
      await publish(1, 30);
      await reader.cursor();
      await redis.server.kill();
      const meanwhile = upTo(30).map((n) => publisher.publish(Numbers.Numbered({ n: 30 + n })));
      await wait(5000);
      await redis.server.start();
      await Promise.all(meanwhile);
      await publish(61, 90);
      expect(await values).to.deep.equal(received);
      // Each attempt to listen failed, with waits in between.
      expect(reported.length).to.be.within(1, 60);
      setErrorReporter(undefined);
      publisher.close();
      reader.close();
    });
  });
}

describe('redisLog while Redis does not answer', function () {
  this.timeout(60_000);
  const redis = onRedis(['--enable-debug-command', 'yes']);

  it('stores what was appended meanwhile once and in order, although its calls have been repeated', async () => {
    setErrorReporter(() => {});
    const publisher = feed(Numbers, { log: redis.open({ appendTimeout: 30_000 }) });
    const reader = feed(Numbers, { log: redis.open({ client: await redis.server.connect() }) });
    const values = valuesUpTo(40, reader);
    await publisher.publish(Numbers.Numbered({ n: 1 }));
    const asleep = redis.client.sendCommand(['DEBUG', 'SLEEP', '7']);
    const published = upTo(39).map((n) => publisher.publish(Numbers.Numbered({ n: n + 1 })));
    await asleep;
    await Promise.all(published);
    expect(await values).to.deep.equal(upTo(40));
    setErrorReporter(undefined);
    publisher.close();
    reader.close();
  });

  it('sends a reader that is overtaken by the removal of entries a gap, and then all that is left', async () => {
    const publisher = feed(Numbers, { log: redis.open({ maxEntries: 200 }) });
    const client = await redis.server.connect();
    let held: Deferred<void> | undefined;
    const late = {
      sendCommand: async (...command: Parameters<typeof client.sendCommand>) => {
        if (String(command[0][0]).startsWith('EVAL')) await held?.promise;
        return client.sendCommand(...command);
      },
      duplicate: () => client.duplicate(),
    };
    const reader = feed(Numbers, { log: redis.open({ client: late }) });
    await publisher.publish(upTo(100).map((n) => Numbers.Numbered({ n })));
    const values = valuesUpTo(2000, reader);
    const first = deferred();
    const connected = reader.events({ from: 'oldest' }).subscribe((event) => {
      if (!isGap(event) && event.data.n === 100) first.resolve();
    });
    await first.promise;
    connected.unsubscribe();
    // What it reads next comes late, so that the entries after its position are removed meanwhile.
    held = deferred();
    await publisher.publish(upTo(1900).map((n) => Numbers.Numbered({ n: 100 + n })));
    held.resolve();
    const received = await values;
    expect(received.slice(0, 101)).to.deep.equal([...upTo(100), 'trimmed']);
    const [oldest] = received.slice(101);
    expect(Number(oldest)).to.be.within(1500, 1801);
    expect(received.slice(101)).to.deep.equal(upTo(2000).slice(Number(oldest) - 1));
    publisher.close();
    reader.close();
  });
});
