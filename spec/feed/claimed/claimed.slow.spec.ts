import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { numbersIn } from '../../http/kill9/numbersIn.ts';

/** Sends a number to each connected process every millisecond, and counts the processes. */
class Upstream extends EventEmitter {
  readonly server: Server;
  /** The processes that are connected now, and how many numbers each was sent. */
  readonly connected = new Map<string, number>();
  /** The most that were connected at once. */
  most = 0;

  constructor() {
    super();
    this.server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://upstream');
      const by = searchParams.get('by') ?? '';
      let number = Number(searchParams.get('after'));
      this.connected.set(by, 0);
      this.most = Math.max(this.most, this.connected.size);
      const timer = setInterval(() => {
        response.write(`${++number}\n`);
        this.connected.set(by, (this.connected.get(by) ?? 0) + 1);
        this.emit('sent');
      }, 1);
      response.on('close', () => {
        clearInterval(timer);
        this.connected.delete(by);
      });
    });
  }

  /** Resolves with the only process that is connected, beside these, when it was sent a few numbers. */
  async holder(...beside: readonly string[]): Promise<string> {
    for (;;) {
      await once(this, 'sent');
      const [[by, sent] = ['', 0], ...others] = [...this.connected].filter(([name]) => !beside.includes(name));
      if (others.length === 0 && sent >= 20) return by;
    }
  }
}

describe('a source over an lmdb log in three processes', function () {
  this.timeout(120_000);
  const upstream = new Upstream();
  const children = new Map<string, ChildProcess>();
  let path = '';
  let started = 0;

  const start = (): void => {
    const name = `process ${++started}`;
    const script = fileURLToPath(new URL('producing.ts', import.meta.url));
    const { port } = upstream.server.address() as AddressInfo;
    const argv = ['--import', 'tsx', script, path, String(port), name];
    children.set(name, spawn(process.execPath, argv, { stdio: ['pipe', 'ignore', 'inherit'] }));
  };
  const kill = async (name: string): Promise<void> => {
    const child = children.get(name);
    children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  /** Every number from 1 on, once and in order: nothing was lost, and no old producer has written. */
  const expectAllNumbers = async (): Promise<void> => {
    const numbers = await numbersIn(path);
    expect(numbers).to.deep.equal(numbers.map((_, index) => String(index + 1)));
  };

  before(async () => {
    path = mkdtempSync(join(tmpdir(), 'rxsse-claimed-'));
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    for (let count = 0; count < 3; count++) start();
  });
  after(async () => {
    for (const [name] of children) await kill(name);
    upstream.server.closeAllConnections();
    upstream.server.close();
    rmSync(path, { recursive: true });
  });

  it('is subscribed to by one of them, and by another one at once when that is killed and started again', async () => {
    for (let round = 0; round < 5; round++) {
      const holder = await upstream.holder();
      await kill(holder);
      start();
      await upstream.holder(holder);
    }
    expect(upstream.most).to.equal(1);
    await expectAllNumbers();
  });

  it('is moved when its process closes the feed', async () => {
    const holder = await upstream.holder();
    children.get(holder)?.stdin?.write('close\n');
    await upstream.holder(holder);
    expect(upstream.most).to.equal(1);
    await expectAllNumbers();
    start();
  });

  it('is moved within the lease when its process is killed and not started again', async () => {
    const holder = await upstream.holder();
    await kill(holder);
    await upstream.holder(holder);
    expect(upstream.most).to.equal(1);
    await expectAllNumbers();
    start();
  });

  it('is moved when its process is suspended, which writes nothing and unsubscribes when it continues', async () => {
    const holder = await upstream.holder();
    // Not stopped by a signal, which could come while it has the write lock of the file.
    children.get(holder)?.stdin?.write('stand still\n');
    await upstream.holder(holder);
    while (upstream.connected.has(holder)) await once(upstream, 'sent');
    await expectAllNumbers();
  });
});
