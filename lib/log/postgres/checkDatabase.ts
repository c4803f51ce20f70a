import type { PostgresClient } from './PostgresPool.ts';
import { isTemporary, postgresFailure } from './postgresFailure.ts';

/** The oldest version of the server that specs would run on: `server_version_num`. */
const minVersion = 140_000;

const facts = `
select current_setting('server_version_num')::int as version,
  current_setting('transaction_read_only') = 'on' as read_only`;

/** Fails with the error that a write would get, where a table is missing or may not be used. */
const probe = `
select has_schema_privilege('rxsse', 'usage') and has_table_privilege('rxsse.logs', 'insert, update')
  and has_table_privilege('rxsse.entries', 'insert') as usable,
  'rxsse.write'::regproc`;

/**
 * Checks that a log can be stored in a database.
 *
 * @throws StorageError when it cannot.
 */
export async function checkDatabase(pool: PostgresClient): Promise<void> {
  const what = 'use this database';
  const refuse = (message: string, code?: string): never => {
    throw Object.assign(new Error(message), { code });
  };
  try {
    const [{ version = 0, read_only: isReadOnly = false } = {}] = (await pool.query(facts)).rows as readonly {
      readonly version?: number;
      readonly read_only?: boolean;
    }[];
    if (Number(version) < minVersion) {
      throw postgresFailure(what, new Error(`its version is ${version}`), 'use PostgreSQL 14 or newer');
    }
    if (isReadOnly) refuse('it is read-only', '25006');
    const [{ usable = false } = {}] = (await pool.query(probe)).rows as readonly { readonly usable?: boolean }[];
    if (!usable) refuse('permission denied for the tables of the schema rxsse', '42501');
  } catch (error) {
    throw isTemporary(error) ? error : postgresFailure(what, error);
  }
}
