import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { closing } from '../support/closing.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the example as from a terminal. */
async function withRolling(
  use: (url: string, child: ChildProcess, lines: AsyncIterator<string>) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'rxsse-rolling-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/rolling/switch.ts'], {
    cwd: root,
    env: { ...process.env, PORT: '0', DATA: data, DURATION: '100' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    rmSync(data, { recursive: true, force: true });
  };
  await closing(close, async () => {
    const { value } = await lines.next();
    await use(/http:\S+\/counts/.exec(String(value))?.[0] ?? '', child, lines);
    child.kill('SIGTERM');
    // All processes exit by themselves, also the servers.
    expect(await exited).to.deep.equal([0, null]);
  });
}

describe('the rolling restart', function () {
  this.timeout(60_000);

  it('moves readers from one server to the next, twice, while events are posted, and loses none', () =>
    withRolling(async (url, child, lines) => {
      const seen: number[][] = [[], [], []];
      const sent: string[] = [];
      const sources = seen.map((numbers) => {
        const source = new EventSource(url);
        source.addEventListener('counted', ({ data }) => numbers.push(JSON.parse(data).n));
        source.addEventListener('rxsse.gap', ({ data }) => sent.push(`gap ${data}`));
        return source;
      });
      await closing(
        async () => {
          for (const source of sources) source.close();
        },
        async () => {
          let posted = 0;
          let isOver = false;
          const post = async (): Promise<void> => {
            while (!isOver) {
              const n = posted + 1;
              // A new connection, to the server that the switch has at this time.
              const response = await fetch(url, {
                method: 'POST',
                headers: { 'content-type': 'application/json', connection: 'close', 'idempotency-key': `count-${n}` },
                body: JSON.stringify({ type: 'counted', data: { n } }),
              }).catch(() => undefined);
              // Without a response the request is repeated with the same key.
              if (response?.status === 202) posted = n;
            }
          };
          const posting = post();
          const here = () =>
            Promise.all(
              sources.map((source) => source.readyState === EventSource.OPEN || once(source as never, 'open')),
            );
          await here();
          for (let round = 0; round < 2; round++) {
            child.kill('SIGHUP');
            sent.push(String((await lines.next()).value), String((await lines.next()).value));
          }
          isOver = true;
          await posting;
          const all = Array.from({ length: posted }, (_, index) => index + 1);
          const hasAll = () => seen.every((numbers) => numbers.at(-1) === posted);
          while (!hasAll()) await new Promise((resolve) => setImmediate(resolve));
          expect(seen).to.deep.equal([all, all, all]);
          expect(posted).to.be.above(20);
          expect(sent.map((line) => line.replaceAll(/\d+/g, '#'))).to.deep.equal([
            'Server # serves; # shuts down.',
            'Server # has ended.',
            'Server # serves; # shuts down.',
            'Server # has ended.',
          ]);
        },
      );
    }));
});
