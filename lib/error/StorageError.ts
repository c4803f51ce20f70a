import { RxsseError } from './RxsseError.ts';

/**
 * A log's storage could not be opened, read or written.
 *
 * What the log acknowledged before is not lost, and what it did not acknowledge
 * is not there: the same can be asked again. A full disk is the usual reason;
 * make room and the log goes on by itself. `cause` is what the storage said.
 *
 * @example Let the sender come again
 * const statusOf = (error: unknown) => (error instanceof StorageError ? 503 : 500);
 *
 * @category error
 */
export class StorageError extends RxsseError {
  readonly _tag = 'StorageError';
  /** The system's or the storage's number for it, if it gave one. LMDB calls a full disk 28 or 5. */
  readonly code: number | string | undefined;

  /** @param what what was to be done: `append to the log in ./data` */
  constructor(what: string, cause: unknown) {
    const { message, code } = reasonOf(cause);
    super(`could not ${what}: ${message}. Nothing acknowledged is lost; if the disk is full, make room and ask again`, {
      cause,
    });
    this.code = code;
  }
}

function reasonOf(cause: unknown): { readonly message: string; readonly code: number | string | undefined } {
  if (!(cause instanceof Error)) return { message: String(cause), code: undefined };
  const code = 'code' in cause && (typeof cause.code === 'number' || typeof cause.code === 'string');
  return { message: cause.message, code: code ? (cause.code as number | string) : undefined };
}
