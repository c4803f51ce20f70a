export { StorageError } from '../../error/StorageError.ts';
export { type LmdbLogOptions, lmdbLog } from './lmdbLog.ts';
