import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closing } from '../../support/closing.ts';

const script = fileURLToPath(new URL('readers.ts', import.meta.url));

interface Readers {
  /** The number of events of each reader that has received the end, by its index. */
  readonly done: ReadonlyMap<number, number>;
  /** Resolves when `count` readers have received the end. */
  until(count: number): Promise<void>;
  /** Starts the first reader. */
  go(): void;
}

/** Reads a URL in a process of its own while the callback runs; the first of the readers waits for `go()`. */
export async function withReaders<T>(url: string, count: number, use: (readers: Readers) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, url, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const lost = exited.then(([code]) => Promise.reject(new Error(`the readers ended with ${code}`)));
  lost.catch(() => {});
  const lines = createInterface(child.stdout);
  const done = new Map<number, number>();
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return closing(close, async () => {
    await Promise.race([once(lines, 'line'), lost]);
    lines.on('line', (line) => {
      const [index = 0, events = 0] = line.split(' ').map(Number);
      done.set(index, events);
      lines.emit('done');
    });
    return use({
      done,
      until: async (least) => {
        while (done.size < least) await Promise.race([once(lines, 'done'), lost]);
      },
      go: () => child.stdin.write('go\n'),
    });
  });
}
