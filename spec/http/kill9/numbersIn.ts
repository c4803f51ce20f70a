import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';

/** Returns all numbers of the log, in order. */
export async function numbersIn(path: string): Promise<string[]> {
  const log = lmdbLog({ path });
  const { bytes } = await firstValueFrom(log.read(0, Infinity));
  log.close();
  return [
    ...Buffer.from(bytes)
      .toString()
      .matchAll(/^data: (\d+)$/gm),
  ].map(([, number = '']) => number);
}
