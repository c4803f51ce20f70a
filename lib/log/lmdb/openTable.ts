import { StorageError } from '../../error/StorageError.ts';
import { lmdbKnowsBoots } from './bootId.ts';
import type { Table } from './layout.ts';
import { lmdbPackage } from './lmdbPackage.ts';

/**
 * Opens LMDB, which frees the places of readers that died as it opens.
 *
 * @throws StorageError when it cannot.
 */
export function openTable(path: string): Table {
  const lmdb = lmdbPackage();
  const options = {
    path,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    // We batch ourselves. With its own batches lmdb makes one promise more that nobody holds, and the failure of a
    // commit would be a rejection that nobody handles.
    eventTurnBatching: false,
    // Flushing outside the write lock loses commits on kill -9 where LMDB cannot tell that the machine went on.
    overlappingSync: lmdbKnowsBoots(),
    // Nor may an environment variable make it go back to what was flushed: readers have seen more.
    safeRestore: false,
  } as const;
  try {
    return lmdb.open<Uint8Array, Uint8Array>(options);
  } catch (error) {
    throw new StorageError(`open the log in ${path}`, error);
  }
}
