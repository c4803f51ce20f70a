import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path));
const processors = availableParallelism();

/** The last processor is the load generator's, the others are the server's: neither takes time from the other. */
const places = { load: `${processors - 1}`, server: processors > 2 ? `0-${processors - 2}` : '0' };

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a process at its place, and ends it with this one. */
export function start(
  place: keyof typeof places,
  command: string,
  given: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const pinned = taskset !== undefined && processors > 1 ? [taskset, '-c', places[place]] : [];
  const [program = command, ...rest] = [...pinned, command, ...given];
  const child = spawn(program, rest, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Asks it to leave, and makes it after a second. Resolves when it has. */
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
