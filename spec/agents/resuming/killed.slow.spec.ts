import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import type { AgentCase, Page } from './AgentCase.ts';
import { cases } from './cases.ts';
import { piecesOf } from './cutAnswer.ts';
import { logsIn } from './logs.ts';

const whole = piecesOf(10_000).join('');
const running = new Set<ChildProcess>();

interface ServerProcess {
  readonly url: string;
  readonly calls: number;
  kill(): Promise<void>;
}

async function startServer(agent: AgentCase, storage: string): Promise<ServerProcess> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, agent.name, storage], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!/up \S+\n/.test(output)) {
    if (child.exitCode !== null) throw new Error(`the server has ended: ${output}`);
    await once(child.stdout, 'data');
  }
  return {
    url: /up (\S+)\n/.exec(output)?.[1] ?? '',
    get calls() {
      return output.split('called\n').length - 1;
    },
    kill: async () => {
      child.kill('SIGKILL');
      if (child.signalCode === null) await once(child, 'close');
    },
  };
}

/** Resolves when a page shows so many characters. */
async function shows(page: Page, length: number): Promise<void> {
  while (page.text.length < length) await new Promise((resolve) => setImmediate(resolve));
}

/** Kills the process that makes an answer while a page shows it; the page, and one that replaces it, continue at another process. */
async function killProducer(agent: AgentCase, storage: string): Promise<void> {
  const [one, two] = [await startServer(agent, storage), await startServer(agent, storage)];
  let current = one;
  // A load balancer: each request goes to the process that runs.
  const balanced: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch(String(input).replace('http://balanced', current.url), init);
  const first = await agent.open('http://balanced', balanced);
  const ending = first.start();
  await shows(first, 3000);
  current = two;
  await one.kill();
  const before = first.text;
  expect(await ending).to.equal('error');
  // The user reloads the page. Where nothing is active any more, the first page has got the end of the answer.
  const reloaded = await agent.open('http://balanced', balanced);
  const page = (await reloaded.resume()) === 'error' ? reloaded : first;
  expect(page.text.length).to.be.at.least(before.length);
  expect(whole.startsWith(page.text)).to.equal(true);
  const logs = logsIn(storage);
  try {
    expect(page.text).to.equal(await agent.stored(logs.open));
  } finally {
    logs.close();
  }
  expect(one.calls + two.calls).to.equal(1);
}

describe('an answer whose process is killed', function () {
  this.timeout(60_000);
  requires('clients');
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  describe('in a file', () => {
    let path = '';
    beforeEach(() => {
      path = mkdtempSync(join(tmpdir(), 'rxsse-agents-'));
    });
    afterEach(() => rmSync(path, { recursive: true, force: true }));
    for (const agent of cases) {
      it(`is shown up to the kill, with an error, and is not made again: ${agent.name} over lmdb`, () =>
        killProducer(agent, path));
    }
  });

  describe('in Redis', () => {
    const redisServer = requires('redis-server');
    let server: RedisServer;
    beforeEach(async () => {
      server = await startRedis(redisServer());
    });
    afterEach(() => server.remove());
    for (const agent of cases) {
      it(`is shown up to the kill, with an error, and is not made again: ${agent.name} over Redis`, () =>
        killProducer(agent, server.url));
    }
  });
});
