import { StorageError } from '../../error/StorageError.ts';

/** The remedies of errors of Redis, by their codes. */
const redisRemedies: Readonly<Record<string, string>> = {
  WRONGTYPE: 'a key of the log holds something else: choose another name for the log, or delete the key',
  READONLY: 'the client is connected to a read-only replica: connect it to the master',
  OOM: 'Redis has reached its maxmemory: raise it, or lower maxEntries and maxBytes of the logs',
  NOAUTH: 'pass the username and the password to the client',
  WRONGPASS: 'pass the right username and password to the client',
  NOPERM: 'allow it: ACL SETUSER <user> ~rxsse:* &rxsse:* +@read +@write +@scripting +@pubsub +@connection +info +time',
  MISCONF: 'Redis cannot write to its disk: make room there, and look into its log',
  RXSSEFORMAT: 'it was written by another version of rxsse: use that version, or another name for the log',
};

/** The codes of errors that pass by themselves: Redis starts, fails over, moves keys or runs another script. */
const retryableCodes = new Set([
  'LOADING',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'NOREPLICAS',
  'READONLY',
  'MOVED',
  'ASK',
]);

/** Returns the code of an error that Redis has sent, such as `WRONGTYPE`; `undefined` where the connection failed. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Redis 7.0 has no code of its own for what a script may not do.
  if (/^ERR The user executing the script can't/.test(error.message)) return 'NOPERM';
  return /^-?([A-Z][A-Z0-9]+)(?= |$)/.exec(error.message)?.[1];
}

/** Returns whether repeating a command may succeed: its answer was lost, or Redis is busy with itself. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof StorageError) return false;
  const code = replyCode(error);
  return code === undefined || retryableCodes.has(code);
}

/** Returns whether a command may have been run although it failed: its answer was lost. */
export function isAnswerLost(error: unknown): boolean {
  return !(error instanceof StorageError) && replyCode(error) === undefined;
}

/** Returns the error of a log for an operation that failed, with the remedy where there is one. */
export function redisFailure(what: string, error: unknown, remedy?: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = replyCode(error);
  return new StorageError(what, error, remedy ?? redisRemedies[code ?? ''] ?? 'check the connection to Redis', code);
}
