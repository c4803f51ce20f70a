import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';

/**
 * A process that appends to a log until the disk is full, run by a spec with a
 * limit on the size of files: `filler.ts <path>`. Prints what was acknowledged and
 * how it failed.
 */
// With a listener, a write beyond the limit is an error, as on a full disk, and does not end the process.
process.on('SIGXFSZ', () => {});

const log = lmdbLog({ path: process.argv[2] ?? '', maxEntries: Infinity, maxBytes: Infinity });

async function append(data: string): Promise<boolean> {
  const draft = { event: undefined, data, retry: undefined };
  try {
    // Two appends in one transaction, of which each gets an answer.
    const appended = await Promise.all([log.append([draft, draft]), log.append([draft])].map((a) => firstValueFrom(a)));
    for (const { first, last } of appended) console.log(`acknowledged ${first} ${last} ${data.length}`);
    return true;
  } catch (error) {
    console.log(`failed ${error instanceof Error ? error.name : error}`);
    return false;
  }
}

await append('small');
await append('x'.repeat(16 * 1024 * 1024));
await append('small');
while (await append('x'.repeat(50_000)));
const { tail } = await firstValueFrom(log.read(0, 1));
console.log(`tail ${tail}`);
log.close();
