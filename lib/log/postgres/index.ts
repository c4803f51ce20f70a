export { StorageError } from '../../error/StorageError.ts';
export type { PostgresClient, PostgresPool } from './PostgresPool.ts';
export { type PostgresLog, type PostgresLogOptions, postgresLog } from './postgresLog.ts';
export { postgresSchema } from './postgresSchema.ts';
