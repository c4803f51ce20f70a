import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog, PastEpoch } from '../../../lib/log/EventLog.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { type LmdbLogOptions, openLog } from '../../../lib/log/lmdb/lmdbLog.ts';

type Surroundings = Parameters<typeof openLog>[1];

interface Folder {
  readonly path: string;
  /** Opens a log in the folder, which is closed after the spec at the latest. */
  open(options?: Partial<LmdbLogOptions>, surroundings?: Surroundings): EventLog;
}

/** Creates a folder for each spec of a suite, and removes it with its logs after the spec. */
export function freshFolder(): Folder {
  const logs: EventLog[] = [];
  let path = '';

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'rxsse-lmdb-'));
  });
  afterEach(() => {
    for (const log of logs.splice(0)) log.close();
    rmSync(path, { recursive: true });
  });

  return {
    get path() {
      return path;
    },
    open(options = {}, surroundings = {}) {
      const log = openLog({ path, ...options }, surroundings);
      logs.push(log);
      return log;
    },
  };
}

/** Returns the epoch of a log before its first entry, as `past` of the log lists it afterwards. */
export const unwritten = (name = 'log'): PastEpoch => ({
  epoch: Buffer.from(hashOf(name)).toString('base64url'),
  last: 0,
});
