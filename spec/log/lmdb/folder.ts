import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import type { EncodedEvent } from '../../../lib/event/encodeEvent.ts';
import type { Appended, AppendOptions, EventLog, Page, PastEpoch } from '../../../lib/log/EventLog.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { type LmdbLogOptions, openLog } from '../../../lib/log/lmdb/lmdbLog.ts';
import { sample } from '../sample.ts';

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

/** Returns drafts with the data `1`, `2` and so on. */
export const samples = (count: number, from = 1): EncodedEvent[] =>
  Array.from({ length: count }, (_, index) => sample(String(from + index)));

export const append = (log: EventLog, drafts: readonly EncodedEvent[], options?: AppendOptions): Promise<Appended> =>
  firstValueFrom(log.append(drafts, options));

export const read = (log: EventLog, after = 0, maxBytes = 1 << 24): Promise<Page> =>
  firstValueFrom(log.read(after, maxBytes));

export const textOf = ({ bytes }: Page): string => Buffer.from(bytes).toString();

/** Returns the epoch of a log before its first entry, as `past` of the log lists it afterwards. */
export const unwritten = (name = 'log'): PastEpoch => ({
  epoch: Buffer.from(hashOf(name)).toString('base64url'),
  last: 0,
});

/** Returns the data of each entry of a page. */
export const dataOf = (page: Page): string[] =>
  [...textOf(page).matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);

/** Resolves to the tag of the error that a promise rejects with. */
export async function tagOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}
