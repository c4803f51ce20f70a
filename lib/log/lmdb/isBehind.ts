import type { Table } from './layout.ts';

/**
 * Returns true if the write transaction that is under way does not continue from the newest commit: committing it would
 * overwrite an acknowledged one. Called inside a write transaction.
 *
 * A process that opens the environment stores the number of the newest commit that it has found in the shared lock file,
 * also over a newer number that another process has stored meanwhile (`mdb_env_open2` of lmdb 3.5.6). Until the
 * environment is opened again, or a commit stores its own number, all transactions start from the commit before.
 */
export function isBehind(table: Table): boolean {
  const { lastTxnId } = table.getStats() as { readonly lastTxnId: number };
  return table.getWriteTxnId() !== lastTxnId + 1;
}
