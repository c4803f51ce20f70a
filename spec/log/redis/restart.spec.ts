import { expect } from 'chai';
import { gapReason } from '../../../lib/feed/startPosition.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { onRedis } from './onRedis.ts';

describe('redisLog over a restart of Redis', () => {
  const redis = onRedis(['--dbfilename', 'data.rdb']);

  const restart = async () => {
    await redis.server.kill();
    await redis.server.start();
  };

  it('continues its numbers under a new epoch, in which exact cursors stay exact', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(3));
    await redis.client.sendCommand(['SAVE']);
    await restart();
    const page = await read(log);
    expect(page.epoch).not.to.equal(epoch);
    expect(dataOf(page)).to.deep.equal(['1', '2', '3']);
    for (const sequence of [0, 1, 3]) expect(gapReason({ epoch, sequence }, page)).to.equal(undefined);
    expect(await append(log, samples(1, 4))).to.include({ epoch: page.epoch, first: 4 });
  });

  it('sends a gap to a reader that has received more than Redis has stored', async () => {
    const log = redis.open();
    const { epoch } = await append(log, samples(3));
    await redis.client.sendCommand(['SAVE']);
    await append(log, samples(2, 4));
    await restart();
    expect(await append(log, samples(3, 6))).to.include({ first: 4, last: 6 });
    const page = await read(log, 3);
    expect(dataOf(page)).to.deep.equal(['6', '7', '8']);
    expect(gapReason({ epoch, sequence: 3 }, page)).to.equal(undefined);
    for (const sequence of [4, 5]) expect(gapReason({ epoch, sequence }, page)).to.equal('epoch');
  });
});
