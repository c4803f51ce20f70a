const collect = globalThis.gc;

/** Returns the memory of the process in bytes after a garbage collection. Run with `--expose-gc`. */
export async function held(): Promise<{ readonly heap: number; readonly rss: number }> {
  if (collect === undefined) throw new Error('run it with node --expose-gc');
  // Buffers and objects with a finalizer are freed in later turns.
  for (let round = 0; round < 8; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** Returns the number of active resources of the process by kind. */
export function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo().sort()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export const MiB = 1024 * 1024;

export function inMiB(bytes: number): string {
  return `${(bytes / MiB).toFixed(2)} MiB`;
}
