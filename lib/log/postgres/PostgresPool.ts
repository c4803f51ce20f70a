/**
 * A connection inside a transaction, as far as `postgresLog` needs it: it runs one statement. A client of `pg` is one; see
 * the guide for query builders.
 *
 * @category log
 */
export interface PostgresClient {
  /** Runs a statement with values for `$1` and so on: text, numbers, `null` and, for `bytea`, a `Buffer`. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A notification of the server. */
export interface PostgresNotification {
  readonly payload?: string | undefined;
}

/** A connection that was taken out of a pool. */
interface PostgresConnection extends PostgresClient {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'notification', listener: (notification: PostgresNotification) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'notification', listener: (notification: PostgresNotification) => void): unknown;
  /** Returns the connection to its pool; with `true` it is closed. */
  release(destroy?: boolean): void;
}

/** A pool of connections, as far as `postgresLog` needs it. A `Pool` of `pg` is one. @category log */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PostgresConnection>;
  /** Adds a listener for errors of idle connections: without one, such an error ends the process. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}
