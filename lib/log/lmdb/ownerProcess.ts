import { readFileSync, readlinkSync } from 'node:fs';

/** Names a process of this machine: its namespace of process numbers, its number there, and when it was started. */
export interface OwnerProcess {
  readonly namespace: string;
  readonly pid: number;
  readonly started: string;
}

/** Returns the name of this process. */
export function thisProcess(): OwnerProcess {
  return { namespace: namespaceOf(), pid: process.pid, started: startOf(process.pid) };
}

/**
 * Returns true if a process has certainly ended: in a container of its own it cannot be looked for, and where its number
 * was given to another process only Linux can tell.
 */
export function hasEnded({ namespace, pid, started }: OwnerProcess): boolean {
  if (namespace === '' || namespace !== namespaceOf()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It exists and belongs to another user: EPERM.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = startOf(pid);
  return started !== '' && now !== '' && now !== started;
}

/** Returns the namespace of process numbers; '' where there may be several that cannot be distinguished. */
function namespaceOf(): string {
  return process.platform === 'linux' ? textOr(() => readlinkSync('/proc/self/ns/pid')) : process.platform;
}

/** Returns when a process was started, in ticks since the boot of the machine; '' where that is not known. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return '';
  // The second field is the name of the program in parentheses, and may contain both spaces and parentheses.
  return textOr(
    () =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? '',
  );
}

function textOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
