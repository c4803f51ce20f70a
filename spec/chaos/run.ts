import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { redisLog } from '../../lib/log/redis/redisLog.ts';
import { property } from '../../lib/testing/property.ts';
import { bundledServer } from '../http/kill9/bundle.ts';
import { killServers } from '../http/sharedLog/killServers.ts';
import { closing } from '../support/closing.ts';
import { startRedis } from '../support/redis.ts';
import { findTool } from '../support/requires.ts';
import { randomNetwork, runNetwork, smallestNetwork } from './clients.ts';
import { corpusFile, corpusOf, textOfInputs } from './fuzz/corpus.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { targets } from './fuzz/targets.ts';
import { runHostileRequests } from './hostile.ts';
import { runKills } from './kills.ts';
import { scenarios } from './scenarios.ts';

/**
 * `npm run chaos -- [part] [amount] [seed] [keep]`: attacks the library at random, prints figures and the smallest script of
 * each failure, and exits with 1 for one. Without a part all are run, some minutes in all.
 *
 * - `networks`: that many random networks for each operator and log, in virtual time
 * - `clients`: that many networks over HTTP and HTTP/2, for both clients
 * - `kills`: that many times `kill -9` of a server of an lmdb log
 * - `servers`: that many times `kill -9` of one of three servers over one Redis, a second apart, with 60 readers
 * - `hostile`: that many hostile requests to a server of each protocol
 * - `fuzz`: that many seconds for each parser of untrusted input; with `keep` its inputs are written to the corpus
 */
const parts: Readonly<Record<string, { readonly amount: number; readonly run: (amount: number) => Promise<void> }>> = {
  // First, since V8 counts the blocks of functions that have not run before.
  fuzz: { amount: 20, run: runFuzz },
  networks: { amount: 5, run: runScenarios },
  clients: { amount: 60, run: runClients },
  kills: { amount: 20, run: async (kills) => report(`${await runKills(kills, seed)} events, read by both clients`) },
  servers: { amount: 20, run: runServers },
  hostile: { amount: 2000, run: runRequests },
};

const words = process.argv.slice(2);
const names = words.filter((word) => word in parts);
const numbers = words.map(Number).filter(Number.isFinite);
const seed = numbers[1] ?? Math.floor(Math.random() * 2 ** 31);
console.log(`seed ${seed}`);

let failed = 0;
for (const [name, { amount, run }] of Object.entries(parts)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n${name}, ${numbers[0] ?? amount}`);
  const started = performance.now();
  await run(numbers[0] ?? amount).catch((error: unknown) => {
    failed++;
    console.log(`FAILED ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  });
  report(`${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log(failed === 0 ? '\nnothing failed' : `\n${failed} failures, with seed ${seed}`);
process.exit(failed === 0 ? 0 : 1);

function report(line: string): void {
  console.log(`  ${line}`);
}

async function runScenarios(runs: number): Promise<void> {
  for (const { name, make, options } of scenarios) {
    try {
      property(make, { ...options, runs, seed })();
    } catch (error) {
      failed++;
      report(`FAILED ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  report(`${scenarios.length} scenarios, ${scenarios.length * runs} networks`);
}

async function runServers(kills: number): Promise<void> {
  const path = findTool('redis-server');
  if (path === undefined) return report('left out, since there is no redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-chaos-'));
  const redis = await startRedis(path);
  const close = async (): Promise<void> => {
    await redis.remove();
    rmSync(folder, { recursive: true });
  };
  await closing(close, async () => {
    const client = await redis.connect();
    const script = await bundledServer(folder, new URL('../http/sharedLog/server.ts', import.meta.url));
    const logOf = (name: string) => redisLog({ client, name });
    const killed = await killServers({ script, url: redis.url, logOf, kills, interval: 1000, readers: 30 });
    const { events, acknowledged, connections, numbers, moves } = killed;
    report(`${events} events, ${acknowledged} acknowledged, each read once and in order by 60 readers`);
    report(`${connections} connections of the 30 EventSources`);
    report(`${numbers} numbers of a source that ${moves} processes had, one at a time`);
  });
}

async function runClients(count: number): Promise<void> {
  const sum = { networks: 0, connections: 0, events: 0, gaps: 0 };
  for (let n = 0; n < count; n++) {
    const network = randomNetwork(seed + n);
    try {
      const { connections, events, gaps } = await runNetwork(network);
      sum.networks++;
      sum.connections += connections;
      sum.events += events;
      sum.gaps += gaps;
    } catch (error) {
      failed++;
      const [smallest, why] = await smallestNetwork(network, String(error));
      report(`FAILED ${why}\n${inspect(smallest, { depth: 5 })}`);
    }
  }
  report(JSON.stringify(sum));
}

async function runRequests(requests: number): Promise<void> {
  for (const server of ['http', 'http2'] as const) {
    report(`${server}, answers by status: ${JSON.stringify(await runHostileRequests(server, requests, seed))}`);
  }
}

async function runFuzz(seconds: number): Promise<void> {
  for (const target of targets) {
    const end = Date.now() + seconds * 1000;
    const { runs, blocks, corpus, failure } = fuzz(target, {
      seed,
      isOver: () => Date.now() > end,
      corpus: corpusOf(target),
    });
    report(`${target.name}: ${runs} inputs, ${blocks} blocks, ${corpus.length} of them ran a new one`);
    if (words.includes('keep') && failure === undefined) writeFileSync(corpusFile(target), textOfInputs(corpus));
    if (failure === undefined) continue;
    failed++;
    report(`FAILED for ${JSON.stringify(Buffer.from(failure.input).toString('latin1'))}\n${failure.message}`);
  }
}
