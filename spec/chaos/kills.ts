import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { fromSse } from '../../lib/client/index.ts';
import { isGap } from '../../lib/index.ts';
import { randomFrom } from '../../lib/testing/randomScript.ts';
import { follow } from '../http/eventSource.ts';
import { bundledServer } from '../http/kill9/bundle.ts';
import { numbersIn } from '../http/kill9/numbersIn.ts';
import { freePort, type Server, startServer } from '../http/kill9/startServer.ts';
import { Ticks } from '../http/ticks.ts';
import { closing } from '../support/closing.ts';

/**
 * Kills a process that serves an lmdb feed again and again, with `kill -9`, while both kinds of clients read and resume;
 * returns how many events they received, and throws an error that says what one missed or received again.
 */
export async function runKills(kills: number, seed: number): Promise<number> {
  const random = randomFrom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-chaos-'));
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(folder, { recursive: true });
  };
  return closing(close, async () => {
    const script = await bundledServer(folder);
    const path = join(folder, 'log');
    const port = await freePort();
    const start = (): Server => {
      const server = startServer(script, path, port, servers.length * 1_000_000 + 1);
      servers.push(server);
      return server;
    };
    let next = start();
    await next.go(1);
    const url = `http://127.0.0.1:${port}`;
    const received: string[] = [];
    const ours = lastValueFrom(
      fromSse(url, Ticks, { backoff: { initialDelay: 5, maxDelay: 20 } }).pipe(
        tap((event) => void received.push(isGap(event) ? `gap ${event.data.reason}` : String(event.data))),
      ),
      { defaultValue: undefined },
    );
    const theirs = await follow(
      url,
      async ({ seen, until }) => {
        await until(() => seen.length > 0);
        for (let round = 0; round < kills; round++) {
          const server = next;
          const up = server.go(20 + (random() % 200));
          next = start();
          await up;
          await server.kill();
        }
        await next.go(20);
        next.end();
        await until(() => seen.includes('closed'));
        return seen.slice(0, -2);
      },
      { patience: 60_000 },
    );
    await ours;
    await Promise.all(servers.map((server) => server.kill()));
    const numbers = await numbersIn(path);
    for (const { acknowledged } of servers) {
      for (const [sequence, number] of acknowledged) {
        if (numbers[sequence - 1] !== String(number)) throw new Error(`${number} was acknowledged, and is not stored`);
      }
    }
    for (const [client, list] of [
      ['EventSource', theirs],
      ['fromSse', received],
    ] as const) {
      const wrong = list.findIndex((one, index) => one !== numbers[index]);
      if (wrong !== -1) throw new Error(`${client}: got ${list[wrong]} in place of ${numbers[wrong]}`);
      if (list.length !== numbers.length) throw new Error(`${client}: got ${list.length} events of ${numbers.length}`);
    }
    return numbers.length;
  });
}
