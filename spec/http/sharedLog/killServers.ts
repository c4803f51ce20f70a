import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { fromSse } from '../../../lib/client/index.ts';
import { isGap } from '../../../lib/event/Gap.ts';
import type { EventLog } from '../../../lib/log/EventLog.ts';
import { Upstream } from '../../feed/claimed/Upstream.ts';
import { closing } from '../../support/closing.ts';
import { freePort } from '../../support/nginx.ts';
import { type Follower, follow } from '../eventSource.ts';
import { Ticks } from '../ticks.ts';
import { balance } from './balancer.ts';

const publishers = 4;

interface KillOptions {
  /** The bundled `server.ts`. */
  readonly script: string;
  /** The URL of the storage. */
  readonly url: string;
  /** Returns the log of a name in the storage. */
  readonly logOf: (name: string) => EventLog;
  readonly kills: number;
  /** The time before each kill, in ms. */
  readonly interval: number;
  /** How many clients of each of two kinds read. */
  readonly readers: number;
}

/** Counts what happened meanwhile. */
interface Killed {
  readonly events: number;
  readonly acknowledged: number;
  /** How often the readers of the other library connected. */
  readonly connections: number;
  readonly numbers: number;
  /** How many processes had the upstream, one after the other. */
  readonly moves: number;
}

/**
 * Runs three server processes over one storage, kills one of them again and again while clients publish and read, and
 * checks what the readers received: what was acknowledged and nothing else, once, in the same order. Of a feed with a
 * source it checks that one process at a time had subscribed to it, and that each of its numbers was received once.
 */
export async function killServers({ script, url, logOf, kills, interval, readers }: KillOptions): Promise<Killed> {
  const upstream = new Upstream();
  const live = new Map<number, ChildProcess>();
  const start = async (): Promise<void> => {
    const port = await freePort();
    const child = spawn(process.execPath, [script, url, String(port), String(upstream.port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('a server process has ended')));
    await Promise.race([once(child.stdout, 'data'), ended]);
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
    upstream.close();
  };

  return closing(stop, async () => {
    await upstream.listen();
    await Promise.all([start(), start(), start()]);
    return balance(
      () => [...live.keys()],
      (address) => followMany(address, readers, (followers) => publishAndCheck(address, followers)),
    );
  });

  async function publishAndCheck(address: string, followers: readonly Follower[]): Promise<Killed> {
    const received: number[][] = Array.from({ length: readers }, () => []);
    const gaps: unknown[] = [];
    const subscriptions = received.map((numbers) =>
      fromSse(address, Ticks, { backoff: { initialDelay: 10, maxDelay: 100 } }).subscribe((event) => {
        if (isGap(event)) gaps.push(event.data);
        else numbers.push(event.data);
      }),
    );
    const numbers: number[] = [];
    subscriptions.push(
      fromSse(`${address}/numbers`, Ticks, { backoff: { initialDelay: 10, maxDelay: 100 } }).subscribe((event) => {
        if (isGap(event)) gaps.push(event.data);
        else numbers.push(event.data);
      }),
    );
    let isDone = false;
    const acknowledged = new Map<number, number>();
    const publish = async (publisher: number): Promise<void> => {
      for (let n = publisher * 1_000_000; !isDone; n++) {
        const cursor = await post(address, n);
        acknowledged.set(Number(cursor.split('.').at(-1)), n);
      }
    };
    const publishing = Array.from({ length: publishers }, (_, index) => publish(index + 1));
    for (let kill = 0; kill < kills; kill++) {
      await wait(interval);
      await killOne();
      await start();
    }
    isDone = true;
    await Promise.all(publishing);
    const count = numbers.length;
    // The source continues, also when the process that had it was the last one to be killed.
    for (let attempt = 0; attempt < 1000 && numbers.length < count + 100; attempt++) await wait(10);

    const log = logOf('ticks');
    const stored = await storedIn(log);
    log.close();
    expect(new Set(stored).size, 'events that were stored once').to.equal(stored.length);
    for (const [sequence, n] of acknowledged) expect(stored[sequence - 1]).to.equal(n);
    expect(acknowledged.size).to.be.above(kills * publishers);

    await Promise.all(followers.map(({ until }) => until(({ seen }) => seen.length >= stored.length)));
    for (let attempt = 0; attempt < 1000 && received.some(({ length }) => length < stored.length); attempt++) {
      await wait(10);
    }
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(gaps).to.deep.equal([]);
    for (const numbers of received) expect(numbers).to.deep.equal(stored);
    for (const { seen } of followers) expect(seen).to.deep.equal(stored.map(String));
    expect(followers.some(({ attempts }) => attempts.length > 2)).to.equal(true);
    expect(numbers.length, 'numbers of the source').to.be.above(count);
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
    expect(upstream.most, 'processes that were subscribed to the source at once').to.equal(1);
    return {
      events: stored.length,
      acknowledged: acknowledged.size,
      connections: followers.reduce((sum, { attempts }) => sum + attempts.length, 0),
      numbers: numbers.length,
      moves: upstream.holders.size,
    };
  }
}

/** Reads a URL with so many EventSources of another library. */
function followMany<T>(url: string, count: number, use: (followers: readonly Follower[]) => Promise<T>): Promise<T> {
  if (count === 0) return use([]);
  return follow(url, (one) => followMany(url, count - 1, (more) => use([one, ...more])), { patience: 20_000 });
}

/** Returns the data of all entries. */
async function storedIn(log: EventLog): Promise<readonly number[]> {
  const stored: number[] = [];
  for (let tail = 1; stored.length < tail; ) {
    const page = await firstValueFrom(log.read(stored.length, Infinity));
    tail = page.tail;
    for (const [, data] of Buffer.from(page.bytes)
      .toString()
      .matchAll(/^data: (\d+)$/gm)) {
      stored.push(Number(data));
    }
  }
  return stored;
}

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
