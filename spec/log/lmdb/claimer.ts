import { once } from 'node:events';
import { firstValueFrom, NEVER } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';

/**
 * A process that claims a log, run by specs: `claimer.ts <path> <holder> <lease>`. It prints `ready`, waits for a line,
 * claims, prints the answer as JSON, and runs until its input ends.
 */
const [path = '', holder = '', lease = ''] = process.argv.slice(2);
const log = lmdbLog({ path });

await firstValueFrom(log.read(0, 1));
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const claim = await firstValueFrom(log.claim?.(holder, Number(lease)) ?? NEVER);
process.stdout.write(`${JSON.stringify(claim)}\n`);
await once(process.stdin, 'end');
log.close();
