import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closing } from '../../support/closing.ts';
import { bundledServer } from './bundle.ts';
import { numbersIn } from './numbersIn.ts';
import { freePort, type Server, startServer } from './startServer.ts';

/** The difference between the first numbers of two servers. */
export const perServer = 1_000_000;

/** Processes that serve one log at one address, one after the other. */
interface SuccessiveServers {
  readonly url: string;
  /** All that were started. */
  readonly servers: readonly Server[];
  /** Starts the next one. */
  start(): Server;
  kill(): Promise<unknown>;
  /** Returns all numbers of the log, in order. */
  numbers(): Promise<readonly string[]>;
}

/** Bundles the server for the specs of a suite. Returns a function that runs one of them, and kills its servers. */
export function successiveServers(): (use: (servers: SuccessiveServers) => Promise<void>) => Promise<void> {
  let folder = '';
  let script = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-kill9-'));
    script = await bundledServer(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  return async (use) => {
    const port = await freePort();
    const path = join(folder, 'log');
    const servers: Server[] = [];
    const start = (): Server => {
      const server = startServer(script, path, port, servers.length * perServer + 1);
      servers.push(server);
      return server;
    };
    const kill = () => Promise.all(servers.map((server) => server.kill()));
    const numbers = () => numbersIn(path);
    await closing(kill, () => use({ url: `http://127.0.0.1:${port}`, servers, start, kill, numbers }));
  };
}
