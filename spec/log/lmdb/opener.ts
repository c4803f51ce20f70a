import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';

/** Opens a log again and again, as a server does that starts, and appends one event each time. */
const [, , path = '', times = '0'] = process.argv;
for (let n = 0; n < Number(times); n++) {
  const log = lmdbLog({ path, name: 'shared' });
  const { last } = await firstValueFrom(log.append([{ event: 'opened', data: String(n), retry: undefined }]));
  process.send?.(last);
  log.close();
  // It is closed in another turn.
  await new Promise((resolve) => setImmediate(resolve));
}
process.disconnect?.();
