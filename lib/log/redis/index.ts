export { StorageError } from '../../error/StorageError.ts';
export type { RedisClient, RedisClusterClient, RedisListener } from './RedisClient.ts';
export { type RedisLogOptions, redisLog } from './redisLog.ts';
