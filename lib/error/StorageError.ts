import { RxsseError } from './RxsseError.ts';

/**
 * The storage of a log could not be opened, read or written.
 *
 * Nothing that the log acknowledged is lost, and nothing that it did not acknowledge is stored, so the operation can be
 * repeated. A full disk is the usual reason; the log continues by itself when there is room. `cause` is the error of
 * the storage.
 *
 * The answer of a storage in the network may be lost. The message says then that an append may have been stored or not; it
 * is repeated safely with the same key.
 *
 * A route that gets it before the first byte answers as a full server does: with a stream that has a `retry:` for an
 * EventSource and ends, and with 503 and `Retry-After` for any other client.
 *
 * @example Let the sender retry
 * const statusOf = (error: unknown) => (error instanceof StorageError ? 503 : 500);
 *
 * @category error
 */
export class StorageError extends RxsseError {
  readonly _tag = 'StorageError';
  /** The error code of the system or the storage, if there is one. LMDB reports a full disk as 28 or 5, Redis a full memory as `OOM`. */
  readonly code: number | string | undefined;

  /**
   * @param what the operation that failed: `append to the log in ./data`
   * @param remedy what to do about it, where the storage says what is wrong
   * @param code the error code, where the cause has none
   */
  constructor(what: string, cause: unknown, remedy = 'if the disk is full, make room and try again', code?: string) {
    const reason = reasonOf(cause);
    super(`could not ${what}: ${reason.message}. Nothing acknowledged is lost; ${remedy}`, { cause });
    this.code = code ?? reason.code;
  }
}

function reasonOf(cause: unknown): { readonly message: string; readonly code: number | string | undefined } {
  if (!(cause instanceof Error)) return { message: String(cause), code: undefined };
  const code = 'code' in cause && (typeof cause.code === 'number' || typeof cause.code === 'string');
  return { message: cause.message, code: code ? (cause.code as number | string) : undefined };
}
