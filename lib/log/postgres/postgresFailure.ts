import { StorageError } from '../../error/StorageError.ts';

/** The remedy where the tables of the log, or its functions, are missing. */
const migrate = 'create its tables: run the SQL of postgresSchema (rxsse/postgres) as a migration of this database';

/** The remedies for errors of Postgres, by their code (SQLSTATE). */
const remedies: Readonly<Record<string, string>> = {
  '3F000': migrate,
  '42P01': migrate,
  '42703': migrate,
  '42883': migrate,
  '42501': 'grant the role usage of the schema rxsse, and select, insert, update and delete of all tables in it',
  '53100': 'the disk of the database is full: make room',
  '53300': 'raise max_connections of the server, or lower max of the pools',
  '25006': 'connect the pool to the primary server, and without default_transaction_read_only',
  '57014': 'raise statement_timeout, or commit sooner after appendIn: a transaction holds the log until it ends',
  '55P03': 'raise lock_timeout, or commit sooner after appendIn: a transaction holds the log until it ends',
  '40001': 'repeat the transaction, or run it as read committed: the log was appended to since it started',
  '40P01': 'repeat the transaction, and let each append to its logs in the same order',
  '28P01': 'pass the right user and password to the pool',
  '28000': 'pass the right user and password to the pool',
  '3D000': 'pass the right database to the pool',
};

/** The codes of errors that pass by themselves: the server stops or starts, is full, or resolved a conflict. */
const temporary = /^(?:08...|57P0[123]|53300|40001|40P01)$/;

/** Returns the code of an error that the server has sent; `undefined` where the connection failed. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(?:\d.|F0|HV|P0|XX)[0-9A-Z]{3}$/.test(code) ? code : undefined;
}

const isEnded = (error: unknown): boolean => error instanceof Error && error.message.includes('after calling end');

/** Returns true if the same statement may succeed soon. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof StorageError) return false;
  const code = sqlState(error);
  if (code !== undefined) return temporary.test(code);
  return error instanceof Error && !(error instanceof TypeError) && !isEnded(error);
}

/** The errors of connections that were never made, so that nothing was sent. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Returns true if the statement may have been carried out although it failed: the connection was lost, or closed by the
 * server, before its answer.
 */
export function isUncertain(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined) return /^(?:08...|57P0[12])$/.test(code);
  if (!(error instanceof Error) || !isTemporary(error)) return false;
  if ('code' in error && neverSent.has(String(error.code))) return false;
  return !/timeout exceeded when trying to connect/.test(error.message);
}

/** Returns the error of a log for an operation that failed, with the remedy where Postgres says what is wrong. */
export function postgresFailure(what: string, error: unknown, remedy?: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = sqlState(error);
  const known = code === undefined ? undefined : remedies[code];
  const other = isEnded(error)
    ? 'close its logs before the pool ends'
    : code === undefined
      ? 'check the connection to Postgres'
      : 'look into the log of the server';
  return new StorageError(what, error, remedy ?? known ?? other);
}
