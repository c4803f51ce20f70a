import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';

/** Opens a log several times, as a server does when it starts, and appends one event each time. */
const [, , path = '', times = '0'] = process.argv;
for (let n = 0; n < Number(times); n++) {
  const log = lmdbLog({ path, name: 'shared' });
  const { last } = await firstValueFrom(log.append([{ event: 'opened', data: String(n), retry: undefined }]));
  process.send?.(last);
  log.close();
  // The log is closed in another turn.
  await new Promise((resolve) => setImmediate(resolve));
}
process.disconnect?.();
