import type { Page } from '../EventLog.ts';
import type { PostgresClient } from './PostgresPool.ts';
import { stateOf } from './writes.ts';

/** The most bytes of one page, unless one entry is larger. */
const maxPageBytes = 16 * 1024 * 1024;
/** The most entries of one page. */
const maxPageEntries = 8192;
/** The length of the shortest entry: an id, an empty line of data and the line that ends it. */
const minEntryBytes = 32;

const statement = 'select state, last, bytes from rxsse.page($1::text, $2::bigint, $3::bigint, $4::bigint)';

interface PageRow {
  readonly state: string | null;
  readonly last: unknown;
  readonly bytes: Uint8Array | null;
}

/** Reads entries and the state of the log in one statement; `undefined` for a log that was never written to. */
export async function readEntries(
  client: PostgresClient,
  name: string,
  after: number,
  maxBytes: number,
): Promise<Page | undefined> {
  const bytesLimit = Math.min(Math.floor(maxBytes), maxPageBytes);
  const countLimit = Math.min(1 + Math.floor(bytesLimit / minEntryBytes), maxPageEntries);
  const { rows } = await client.query(statement, [name, String(after), String(bytesLimit), String(countLimit)]);
  const [row] = rows as readonly PageRow[];
  if (row === undefined || row.state === null) return undefined;
  const state = stateOf(JSON.parse(row.state));
  return {
    ...state,
    after: Math.max(after, state.floor),
    last: Number(row.last),
    bytes: row.bytes ?? new Uint8Array(0),
  };
}
