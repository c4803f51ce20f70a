import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('appender.ts', import.meta.url));

/** An acknowledged entry, as the process printed it. */
interface Acknowledged {
  readonly data: string;
  readonly sequence: number;
}

interface Appender {
  readonly process: ChildProcess;
  readonly acknowledged: readonly Acknowledged[];
  go(): void;
  /** Resolves when `count` entries were acknowledged. */
  reached(count: number): Promise<void>;
  /** Resolves when the process has exited and its output was read. */
  readonly exited: Promise<void>;
}

const argumentsFor = (path: string, label: string, count: number) => [
  '--import',
  'tsx',
  script,
  path,
  label,
  String(count),
];

/** Runs such a process to its end synchronously. */
export function appendInOneTurn(path: string, label: string, count: number): void {
  spawnSync(process.execPath, argumentsFor(path, label, count), { input: 'go\n' });
}

/** Starts a process that appends `<label> 1` and so on, and resolves when it has opened the log. */
export async function startAppender(path: string, label: string, count: number): Promise<Appender> {
  const child = spawn(process.execPath, argumentsFor(path, label, count), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface(child.stdout);
  const ready = once(lines, 'line');
  const exited = Promise.all([once(child, 'close'), once(lines, 'close')]).then(() => {});
  lines.on('line', (line) => {
    const [, data, sequence] = /^(.* \d+) (\d+)$/.exec(line) ?? [];
    if (data !== undefined) acknowledged.push({ data, sequence: Number(sequence) });
    lines.emit('acknowledged');
  });
  await Promise.race([ready, exited.then(() => Promise.reject(new Error(`the process ${label} did not start`)))]);
  return {
    process: child,
    acknowledged,
    exited,
    go: () => void child.stdin.write('go\n'),
    reached: async (least) => {
      while (acknowledged.length < least) await once(lines, 'acknowledged');
    },
  };
}
