import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, take, toArray } from 'rxjs';
import { events } from '../../../lib/event/events.ts';
import { feed } from '../../../lib/feed/feed.ts';
import { gapReason } from '../../../lib/feed/startPosition.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { onRedis } from './onRedis.ts';

describe('redisLog after Redis has lost entries', () => {
  const redis = onRedis();

  const keyOf = (suffix = '') => `rxsse:{${encodeURIComponent(redis.name)}}${suffix}`;

  it('starts a new epoch after FLUSHALL, so that no cursor is the position of another event', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(5));
    await redis.client.flushAll();
    expect(await read(log)).to.include({ floor: 0, tail: 0 });
    const appended = await append(log, samples(1, 6));
    const page = await read(log);
    expect(appended).to.include({ first: 1, last: 1 });
    expect(dataOf(page)).to.deep.equal(['6']);
    expect(gapReason({ epoch, sequence: 5 }, page)).to.equal('epoch');
    expect(gapReason({ epoch, sequence: 1 }, page)).to.equal('epoch');
  });

  it('sends a connected reader a gap after FLUSHALL, and then the new event', async () => {
    const { Numbered } = events({ Numbered: { n: t.number } });
    const numbers = feed(events({ Numbered: { n: t.number } }), { log: redis.open() });
    await numbers.publish(Numbered({ n: 1 }));
    const received = firstValueFrom(numbers.events({ from: 'oldest' }).pipe(take(3), toArray()));
    await firstValueFrom(numbers.events({ from: 'oldest' }));
    await redis.client.flushAll();
    await numbers.publish(Numbered({ n: 2 }));
    expect(
      (await received).map(({ type, data }) => [type, Reflect.get(data, 'n') ?? Reflect.get(data, 'reason')]),
    ).to.deep.equal([
      ['numbered', 1],
      ['rxsse.gap', 'epoch'],
      ['numbered', 2],
    ]);
    numbers.close();
  });

  it('starts a new epoch when the metadata was deleted, and drops the entries without it', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(5), { key: 'a' });
    await redis.client.del(keyOf());
    expect(await append(log, samples(2, 8), { key: 'a' })).to.include({ first: 1, last: 2 });
    const page = await read(log);
    expect(dataOf(page)).to.deep.equal(['8', '9']);
    expect(page.epoch).not.to.equal(epoch);
  });

  it('raises its floor to the tail when the entries were deleted, and continues the numbering', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(5));
    await redis.client.del(keyOf(':entries'));
    expect(await read(log, 2)).to.include({ epoch, floor: 5, tail: 5, after: 5, last: 5 });
    expect(await append(log, samples(1, 6))).to.include({ epoch, first: 6 });
    expect(dataOf(await read(log, 2))).to.deep.equal(['6']);
  });

  it('ends a page before a hole, and starts the next one after it', async () => {
    const log = redis.open();
    await append(log, samples(6));
    await redis.client.xDel(keyOf(':entries'), ['3-0', '4-0']);
    expect(await read(log)).to.include({ floor: 0, after: 0, last: 2 });
    const page = await read(log, 2);
    expect(page).to.include({ floor: 4, after: 4, last: 6, tail: 6 });
    expect(dataOf(page)).to.deep.equal(['5', '6']);
  });

  it('never starts a page after the tail when the newest entries were deleted', async () => {
    const log = redis.open();
    await append(log, samples(4));
    await redis.client.xDel(keyOf(':entries'), ['3-0', '4-0']);
    expect(await read(log, 2)).to.include({ floor: 4, after: 4, last: 4, tail: 4 });
    expect(await append(log, samples(1, 5))).to.include({ first: 5 });
  });

  it('remembers the last eight epochs, with the tail of each', async () => {
    const log = redis.open();
    const epochs: string[] = [];
    for (let restart = 1; restart <= 10; restart++) {
      epochs.push((await append(log, samples(1, restart))).epoch);
      await redis.client.hSet(keyOf(), 'server', 'another');
    }
    const { epoch, past } = await read(log);
    expect(new Set([...epochs, epoch]).size).to.equal(11);
    expect(past).to.deep.equal(epochs.slice(-8).map((each, index) => ({ epoch: each, last: index + 3 })));
  });

  it('appends under the new epoch without a read since the restart', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(3));
    await redis.client.hSet(keyOf(), 'server', 'another');
    const appended = await append(log, samples(1, 4));
    expect(appended).to.include({ first: 4, last: 4 });
    const page = await read(log);
    expect(page.epoch).to.equal(appended.epoch).and.not.equal(epoch);
    expect(page.past.at(-1)).to.deep.equal({ epoch, last: 3 });
    expect(dataOf(page)).to.deep.equal(['1', '2', '3', '4']);
  });
});
