import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { closing } from '../support/closing.ts';
import type { Faults } from '../support/FaultyConnection.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { follow } from './eventSource.ts';
import { bundledServer } from './kill9/bundle.ts';
import { numbersIn } from './kill9/numbersIn.ts';
import { freePort, type Server, startServer } from './kill9/startServer.ts';

const hows = ['cut', 'reset', 'lost', 'deaf'] as const;

/** Faults one after the other, each elsewhere in the response; the first response has a retry for the reader. */
function faultsOf(connection: number): Faults {
  const how = hows[connection % hows.length];
  if (how === undefined || connection === 0) return {};
  return { answer: { how, after: 200 + ((connection * 137) % 4000), noticed: 5 } };
}

describe('an EventSource with faulty connections, whose server is killed', function () {
  // It takes about 3 s; the timeout allows for a busy machine.
  this.timeout(120_000);
  const perServer = 1_000_000;
  let folder = '';
  let script = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-faults-'));
    script = await bundledServer(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('receives every event of an lmdb feed once and in order, over four servers', async () => {
    const port = await freePort();
    const path = join(folder, 'log');
    const servers: Server[] = [];
    const start = (): Server => {
      const server = startServer(script, path, port, servers.length * perServer + 1);
      servers.push(server);
      return server;
    };
    let isCalm = false;
    const kill = () => Promise.all(servers.map((server) => server.kill()));
    await closing(kill, async () => {
      let server = start();
      await server.go(1);
      await faultProxy(
        `http://127.0.0.1:${port}`,
        (connection) => (isCalm ? {} : faultsOf(connection)),
        (proxy) =>
          follow(
            proxy.url,
            async ({ until, seen, attempts }) => {
              await until(() => seen.length > 0);
              for (let round = 1; round < 4; round++) {
                // The events of this server pass through some of the faults.
                const faulted = proxy.count + 8;
                proxy.breakAll();
                await until(() => proxy.count > faulted && Number(seen.at(-1)) > (round - 1) * perServer);
                await server.kill();
                server = start();
                await server.go(50);
              }
              isCalm = true;
              proxy.breakAll();
              server.end();
              await until(() => seen.includes('closed'));
              await kill();
              expect(seen).to.deep.equal([...(await numbersIn(path)), 'end', 'closed']);
              expect(new Set(attempts.map(({ resume }) => resume)))
                .to.include('exact')
                .and.not.include('gap;reason=epoch');
            },
            { patience: 60_000 },
          ),
      );
    });
  });
});
