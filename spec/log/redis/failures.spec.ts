import { createClient } from '@redis/client';
import { expect } from 'chai';
import { firstValueFrom, type Observable } from 'rxjs';
import { setErrorReporter } from '../../../lib/error/reportError.ts';
import type { RedisClient } from '../../../lib/log/redis/RedisClient.ts';
import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { errorOf, onRedis } from './onRedis.ts';

/** A client whose commands are answered by this function. */
function answering(answer: (command: readonly string[]) => unknown): RedisClient {
  return {
    sendCommand: async (command) => answer(command),
    duplicate: () => {
      throw new Error('no reader listens');
    },
  };
}

function refusing(message: string): RedisClient {
  return answering(() => {
    throw new Error(message);
  });
}

describe('redisLog with a Redis that cannot store', () => {
  const redis = onRedis();
  const reported: string[] = [];

  const keyOf = (suffix = '') => `rxsse:{${encodeURIComponent(redis.name)}}${suffix}`;

  beforeEach(() => {
    reported.length = 0;
    setErrorReporter((error) => reported.push(String(error)));
  });
  afterEach(() => setErrorReporter(undefined));

  for (const suffix of ['', ':entries', ':keys']) {
    it(`says that the key rxsse:{name}${suffix} holds something else, and works when it is deleted`, async () => {
      const log = redis.open();
      await redis.client.set(keyOf(suffix), 'text');
      if (suffix !== '')
        await redis.client.hSet(keyOf(), { format: 1, epoch: 'E', past: 'U 0', tail: 0, ended: '', size: 0 });
      const error = await errorOf(append(log, samples(2), { key: 'a' }));
      expect(error).to.include({ name: 'StorageError', code: 'WRONGTYPE' });
      expect(error.message).to.match(/^could not write to the log named "log \d+": WRONGTYPE .*choose another name/);
      await redis.client.del([keyOf(), keyOf(suffix)]);
      expect(await append(log, samples(2), { key: 'a' })).to.include({ first: 1, last: 2 });
      expect(dataOf(await read(log))).to.deep.equal(['1', '2']);
    });
  }

  it('fails at once when the memory is full, stores nothing, and continues when there is space', async () => {
    const log = redis.open();
    await append(log, samples(1));
    await redis.client.configSet('maxmemory', '1mb');
    const errors = await Promise.all([errorOf(append(log, samples(2, 2))), errorOf(append(log, samples(2, 4)))]);
    for (const error of errors) expect(error).to.include({ name: 'StorageError', code: 'OOM' });
    expect(errors[0]?.message).to.contain('raise it, or lower maxEntries and maxBytes');
    expect(dataOf(await read(log))).to.deep.equal(['1']);
    await redis.client.configSet('maxmemory', '0');
    expect(await append(log, samples(1, 6))).to.include({ first: 2 });
  });

  it('repeats an append at a read-only replica, which may become the master', async () => {
    const log = redis.open();
    await append(log, samples(1));
    await redis.client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    const short = redis.open({ appendTimeout: 30 });
    const error = await errorOf(append(short, samples(1)));
    expect(error).to.include({ name: 'StorageError', code: 'READONLY' });
    expect(error.message).to.contain('connect it to the master');
    const appended = append(log, samples(1, 2));
    await redis.client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    expect(await appended).to.include({ first: 2 });
  });

  it('reports a read-only replica when it is opened', async () => {
    await redis.client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    const client = await redis.server.connect();
    const log = redis.open({ client });
    const error = await errorOf(read(log));
    await redis.client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    expect(error).to.include({ name: 'StorageError', code: 'READONLY' });
    expect(reported.join()).to.contain('could not use this Redis: it is a read-only replica');
    await append(log, samples(1));
  });

  it('needs no more permissions than the guide names, and names those that are missing', async () => {
    const granted = '~rxsse:* &rxsse:* +@read +@write +@scripting +@pubsub +@connection +time'.split(' ');
    await redis.client.sendCommand(['ACL', 'SETUSER', 'app', 'reset', 'on', '>secret', ...granted, '+info']);
    const client = await redis.server.connect({ username: 'app', password: 'secret' });
    const log = redis.open({ client });
    const woken = firstValueFrom(log.wakes);
    await append(log, samples(1), { key: 'a' });
    await woken;
    expect(dataOf(await read(log))).to.deep.equal(['1']);
    expect(reported).to.deep.equal([]);

    await redis.client.sendCommand(['ACL', 'SETUSER', 'app', 'resetchannels']);
    const silent = redis.open({ client: await redis.server.connect({ username: 'app', password: 'secret' }) });
    expect(await errorOf(append(silent, samples(1)))).to.include({ name: 'StorageError', code: 'NOPERM' });
    expect(reported.join()).to.contain('&rxsse:*');

    await redis.client.sendCommand(['ACL', 'SETUSER', 'app', '-info']);
    const error = await errorOf(append(log, samples(1)));
    expect(error).to.include({ name: 'StorageError', code: 'NOPERM' });
    expect(error.message).to.contain(`ACL SETUSER <user> ${granted.slice(0, -1).join(' ')} +info +time`);
  });

  it('rejects a log of another version of the format', async () => {
    await redis.client.hSet(keyOf(), { format: 7, epoch: 'E', tail: 3 });
    const error = await errorOf(read(redis.open()));
    expect(error).to.include({ name: 'StorageError', code: 'RXSSEFORMAT' });
    expect(error.message).to.contain('use that version, or another name for the log');
  });

  it('reports, when it is opened, a version that is too old and a policy that removes entries', async () => {
    const old = redisLog({ client: answering(() => 'redis_version:6.2.14\r\nrole:master\r\n') });
    expect((await errorOf(read(old))).message).to.contain(
      'its version is 6.2.14. Nothing acknowledged is lost; use Redis 7.0',
    );
    const info = 'redis_version:7.0.15\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru\r\n';
    const evicting = redisLog({ client: answering(([command]) => (command === 'INFO' ? info : null)) });
    await read(evicting);
    expect(reported.join('\n'))
      .to.contain('version is 6.2.14')
      .and.contain('maxmemory-policy allkeys-lru lets Redis remove');
    old.close();
    evicting.close();
  });

  it('names what to do without a password, and with a client that is not connected', async () => {
    const log = redisLog({ client: refusing('NOAUTH Authentication required.') });
    expect((await errorOf(read(log))).message).to.contain('pass the username and the password to the client');
    log.close();
    const client = createClient({ url: redis.server.url });
    const unconnected = redisLog({ client, appendTimeout: 1 });
    expect((await errorOf(read(unconnected))).message)
      .to.contain('The client is closed')
      .and.contain('check the connection');
    unconnected.close();
  });

  it('repeats an append for appendTimeout with growing waits, and says that it may have been stored', async () => {
    let attempts = 0;
    const client = answering(([name]) => {
      if (name === 'INFO' || name === 'SPUBLISH') return 'redis_version:7.0.15';
      attempts++;
      throw new Error('Socket closed unexpectedly');
    });
    const log = redisLog({ client, appendTimeout: 200 });
    const error = await errorOf(append(log, samples(1)));
    expect(error.message).to.contain('may have been stored or not');
    expect(attempts).to.be.within(2, 40);
    log.close();
  });

  it('rejects appends when 64 MiB wait', async () => {
    let refuse: (reason: Error) => void = () => {};
    const unanswered = new Promise((_, reject) => {
      refuse = reject;
    });
    const log = redisLog({ client: answering(() => unanswered) });
    const data = 'x'.repeat(8 * 1024 * 1024);
    const results = Array.from({ length: 12 }, () => log.append([{ event: undefined, data, retry: undefined }]));
    const error = await errorOf(firstValueFrom(results[11] as Observable<unknown>));
    expect(error.message).to.contain('wait for the storage already');
    // The appends that wait would keep the process.
    refuse(new Error('NOPERM'));
    await Promise.all(results.map((result) => errorOf(firstValueFrom(result))));
    log.close();
  });

  it('throws without a client or with an empty name', () => {
    expect(() => redisLog({ client: {} as RedisClient })).to.throw(
      TypeError,
      'client must be a client of @redis/client',
    );
    expect(() => redisLog({ client: redis.client, name: '' })).to.throw(RangeError, 'at least one character');
  });
});
