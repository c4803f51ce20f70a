import { expect } from 'chai';
import { append, dataOf, read, samples } from '../calls.ts';
import { onRedis } from './onRedis.ts';

describe('redisLog', () => {
  const redis = onRedis();

  it('removes entries when there are maxBytes of newer ones', async () => {
    const log = redis.open({ maxEntries: Infinity, maxBytes: 20_000 });
    for (let first = 1; first <= 3000; first += 100) await append(log, samples(100, first));
    const page = await read(log);
    expect(page.floor).to.be.above(0);
    expect(page.bytes.length).to.be.within(20_000, 20_000 * 1.125 + 10_000);
    expect(dataOf(page)[0]).to.equal(String(page.floor + 1));
  });

  it('never removes the newest entry, of any size', async () => {
    const log = redis.open({ maxBytes: 10 });
    const data = 'x'.repeat(5000);
    for (let n = 0; n < 3; n++) await append(log, [{ event: undefined, data, retry: undefined }]);
    const page = await read(log);
    expect(page).to.include({ floor: 2, last: 3, tail: 3 });
  });

  it('removes entries older than maxAge when it is read, and also without an append and a read', async () => {
    const log = redis.open();
    await append(log, samples(3));
    const aged = redis.open({ maxAge: 60_000 });
    await append(aged, samples(1, 4));
    const entries = `rxsse:{${encodeURIComponent(redis.name)}}:entries`;
    expect(await redis.client.pTTL(entries)).to.be.within(60_000, 67_500);
    const soon = redis.open({ maxAge: 1 });
    let page = await read(soon);
    for (let n = 0; n < 1000 && page.floor < 3; n++) page = await read(soon);
    expect(page).to.include({ floor: 3, tail: 4 });
  });

  it('removes entries older than maxAge by the clock of Redis at the next append', async () => {
    const log = redis.open({ maxAge: 5 });
    await append(log, samples(1));
    let floor = 0;
    for (let n = 0; n < 1000 && floor === 0; n++) {
      await append(log, samples(1));
      floor = (await read(log)).floor;
    }
    expect(floor).to.be.above(0);
  });

  it('remembers the newest maxKeys keys', async () => {
    const log = redis.open({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) await append(log, samples(1), { key });
    expect(await append(log, samples(1), { key: 'b' })).to.include({ first: 2 });
    expect(await append(log, samples(1), { key: 'a' })).to.include({ first: 4 });
    const none = redis.open({ name: `${redis.name} without`, maxKeys: 0 });
    await append(none, samples(1), { key: 'a' });
    expect(await append(none, samples(1), { key: 'a' })).to.include({ first: 2 });
  });

  it('removes the whole log idleTimeout after its last append', async () => {
    const log = redis.open({ idleTimeout: 60_000 });
    await append(log, samples(1), { key: 'a' });
    const key = `rxsse:{${encodeURIComponent(redis.name)}}`;
    for (const suffix of ['', ':entries', ':keys', ':order']) {
      expect(await redis.client.pTTL(key + suffix), suffix).to.be.within(1, 60_000);
    }
    const keys = await redis.client.keys(`rxsse:{${encodeURIComponent(redis.name)}}*`);
    expect(keys.length).to.equal(5);
    for (const each of keys) await redis.client.pExpire(each, -1);
    expect(await read(log)).to.include({ floor: 0, tail: 0 });
  });
});
