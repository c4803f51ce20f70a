import { once } from 'node:events';
import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';

/**
 * A process that appends to a log, run by specs: `appender.ts <path> <label> <count>`.
 * It prints `ready`, waits for a line, appends `<label> 1` and so on, two at a time,
 * and prints `<label> <n> <sequence>` for each acknowledged entry.
 */
const [path = '', label = '', count = ''] = process.argv.slice(2);
const log = lmdbLog({ path, maxEntries: Infinity, maxBytes: Infinity });

await firstValueFrom(log.read(0, 1));
process.stdout.write('ready\n');
await once(process.stdin, 'data');

async function append(n: number): Promise<void> {
  const draft = { event: undefined, data: `${label} ${n}`, retry: undefined };
  const { last } = await firstValueFrom(log.append([draft]));
  process.stdout.write(`${label} ${n} ${last}\n`);
}

for (let n = 1; n <= Number(count); n += 2) await Promise.all([append(n), append(n + 1)]);
log.close();
process.stdin.destroy();
