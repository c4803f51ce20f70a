import { sqlRead } from './sqlRead.ts';
import { sqlTables } from './sqlTables.ts';
import { sqlWrite } from './sqlWrite.ts';

/**
 * Contains the tables and functions of `postgresLog` as SQL: a schema named `rxsse`. It is safe to run again, also by
 * several processes at once, and has to be run again when the package is updated, before the app.
 *
 * Run it in the app's own way: as a migration, or at start by a role that may create a schema. The roles of the app need
 * `usage` of the schema, and `select`, `insert`, `update` and `delete` of its tables.
 *
 * @example Write it into a migration of the app
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('migrations/007_rxsse.sql', postgresSchema);
 *
 * @category log
 */
export const postgresSchema: string = `\
-- The tables and functions of postgresLog (rxsse/postgres). Safe to run again.
select pg_advisory_xact_lock(1920497509);

${sqlTables}
${sqlWrite}
${sqlRead}`;
