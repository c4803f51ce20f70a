import { StorageError } from '../../error/StorageError.ts';
import { lmdbKnowsBoots } from './bootId.ts';
import { isBehind } from './isBehind.ts';
import type { Table } from './layout.ts';
import { lmdbPackage } from './lmdbPackage.ts';

/** How often the environment is opened at most, where each time another process commits meanwhile. */
const maxAttempts = 20;

/**
 * Opens LMDB, which frees the slots of dead readers when it opens.
 *
 * @throws StorageError when it cannot be opened.
 */
export function openTable(path: string, maxReaders: number): Table {
  const lmdb = lmdbPackage();
  const options = {
    path,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxReaders,
    // This library batches by itself. With its own batches lmdb creates one more promise that is not handled, and the
    // failure of a commit would be an unhandled rejection.
    eventTurnBatching: false,
    // Flushing outside the write lock loses commits on kill -9 where LMDB cannot tell that the machine was not
    // rebooted.
    overlappingSync: lmdbKnowsBoots(),
    // An environment variable must not make it go back to what was flushed: readers have received more.
    safeRestore: false,
  } as const;
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const table = lmdb.open<Uint8Array, Uint8Array>(options);
      let mustReopen = false;
      table.transactionSync(() => {
        mustReopen = isBehind(table);
        return lmdb.ABORT;
      });
      if (!mustReopen) return table;
      // It closes before this returns, since nothing was written.
      void table.close();
    }
  } catch (error) {
    throw new StorageError(`open the log in ${path}`, error);
  }
  throw new StorageError(`open the log in ${path}`, `other processes committed during each of ${maxAttempts} attempts`);
}
