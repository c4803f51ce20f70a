import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { fromSse } from '../../../lib/client/index.ts';
import { isGap } from '../../../lib/event/Gap.ts';
import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { closing } from '../../support/closing.ts';
import { freePort } from '../../support/nginx.ts';
import { startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import { type Follower, follow } from '../eventSource.ts';
import { bundledServer } from '../kill9/bundle.ts';
import { Ticks } from '../ticks.ts';
import { balance } from './balancer.ts';

const kills = 8;
const publishers = 4;
const readers = 10;

/** Reads a URL with so many EventSources of another library. */
function followMany(url: string, count: number, use: (followers: readonly Follower[]) => Promise<void>): Promise<void> {
  if (count === 0) return use([]);
  return follow(url, (one) => followMany(url, count - 1, (more) => use([one, ...more])), { patience: 20_000 });
}

describe('three server processes over one Redis, one of which is killed again and again', function () {
  this.timeout(60_000);
  const path = requires('redis-server');
  let folder = '';
  let script = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-shared-'));
    script = await bundledServer(folder, new URL('server.ts', import.meta.url));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('lose and repeat nothing that was acknowledged, at any reader, in the same order for all', async () => {
    const redis = await startRedis(path());
    const live = new Map<number, ChildProcess>();
    const start = async (): Promise<void> => {
      const port = await freePort();
      const child = spawn(process.execPath, [script, redis.url, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      live.set(port, child);
    };
    const killOne = async (): Promise<void> => {
      const [[port, child] = []] = live;
      if (port === undefined || child === undefined) return;
      live.delete(port);
      child.kill('SIGKILL');
      await once(child, 'close');
    };
    const stop = async (): Promise<void> => {
      while (live.size > 0) await killOne();
      await redis.remove();
    };

    await closing(stop, async () => {
      await Promise.all([start(), start(), start()]);
      await balance(
        () => [...live.keys()],
        (url) =>
          followMany(url, readers, async (followers) => {
            const received: number[][] = Array.from({ length: readers }, () => []);
            const gaps: unknown[] = [];
            const subscriptions = received.map((numbers) =>
              fromSse(url, Ticks, { backoff: { initialDelay: 10, maxDelay: 100 } }).subscribe((event) => {
                if (isGap(event)) gaps.push(event.data);
                else numbers.push(event.data);
              }),
            );
            let isDone = false;
            const acknowledged = new Map<number, number>();
            const publish = async (publisher: number): Promise<void> => {
              for (let n = publisher * 1_000_000; !isDone; n++) {
                const cursor = await post(url, n);
                acknowledged.set(Number(cursor.split('.').at(-1)), n);
              }
            };
            const publishing = Array.from({ length: publishers }, (_, index) => publish(index + 1));
            for (let kill = 0; kill < kills; kill++) {
              await wait(400);
              await killOne();
              await start();
            }
            isDone = true;
            await Promise.all(publishing);

            const log = redisLog({ client: await redis.connect(), name: 'ticks' });
            const { bytes, tail } = await firstValueFrom(log.read(0, Infinity));
            const first = [
              ...Buffer.from(bytes)
                .toString()
                .matchAll(/^data: (\d+)$/gm),
            ].map(([, data]) => Number(data));
            const stored = [...first];
            for (let after = stored.length; after < tail; after = stored.length) {
              const page = await firstValueFrom(log.read(after, Infinity));
              for (const [, data] of Buffer.from(page.bytes)
                .toString()
                .matchAll(/^data: (\d+)$/gm))
                stored.push(Number(data));
            }
            log.close();
            expect(new Set(stored).size, 'events that were stored twice').to.equal(stored.length);
            for (const [sequence, n] of acknowledged) expect(stored[sequence - 1]).to.equal(n);
            expect(acknowledged.size).to.be.above(kills * publishers);

            await Promise.all(followers.map(({ until }) => until(({ seen }) => seen.length >= stored.length)));
            while (received.some(({ length }) => length < stored.length)) await wait(10);
            for (const subscription of subscriptions) subscription.unsubscribe();
            expect(gaps).to.deep.equal([]);
            for (const numbers of received) expect(numbers).to.deep.equal(stored);
            for (const { seen } of followers) expect(seen).to.deep.equal(stored.map(String));
            expect(followers.some(({ attempts }) => attempts.length > 2)).to.equal(true);
          }),
      );
    });
  });
});

/** Publishes under a key of its own until a server answers, and returns the cursor. */
async function post(url: string, n: number): Promise<string> {
  for (;;) {
    try {
      const headers = { 'content-type': 'application/json', 'idempotency-key': `key-${n}`, connection: 'close' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ type: 'tick', data: n }) });
      const answer = (await response.json()) as { readonly cursor?: string };
      if (response.status === 202 && answer.cursor !== undefined) return answer.cursor;
    } catch {
      // The server was killed before it had answered.
    }
    await wait(5);
  }
}
