import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { numbersIn } from '../../http/kill9/numbersIn.ts';
import { Upstream } from './Upstream.ts';

describe('a source over an lmdb log in three processes', function () {
  this.timeout(120_000);
  const upstream = new Upstream();
  const children = new Map<string, ChildProcess>();
  let path = '';
  let started = 0;

  const start = (): void => {
    const name = `process ${++started}`;
    const script = fileURLToPath(new URL('producing.ts', import.meta.url));
    const argv = ['--import', 'tsx', script, path, String(upstream.port), name];
    children.set(name, spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] }));
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
    await upstream.listen();
    for (let count = 0; count < 3; count++) start();
  });
  after(async () => {
    for (const [name] of children) await kill(name);
    upstream.close();
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
    let holder: string;
    do {
      holder = await upstream.holder();
      const { stdin, stdout } = children.get(holder) as ChildProcessWithoutNullStreams;
      // Not stopped by a signal, and again where it had the write lock of the file, for which the others wait.
      stdin.write('stand still\n');
      await once(stdout, 'data');
    } while ((await upstream.holder()) === holder);
    while (upstream.connected.has(holder)) await once(upstream, 'sent');
    await expectAllNumbers();
  });
});
