import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path));
const processors = availableParallelism();

/** The processors of each role: the last one for the load generator, the others for the server, any for a database. */
const processorsOf = {
  load: `${processors - 1}`,
  server: processors > 2 ? `0-${processors - 2}` : '0',
  storage: `0-${processors - 1}`,
};

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a process on the processors of its role. It is killed when this process exits. */
export function start(
  role: keyof typeof processorsOf,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const pinned = taskset !== undefined && processors > 1 ? [taskset, '-c', processorsOf[role]] : [];
  const [program = command, ...rest] = [...pinned, command, ...args];
  const child = spawn(program, rest, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Disconnects a process, kills it after a second, and resolves when it has exited. */
export function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), 1000);
    child.once('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    if (child.connected) child.disconnect();
    child.stdin?.end();
  });
}
