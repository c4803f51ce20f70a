import type { Connection } from './Connection.ts';

/**
 * The signal of a stream that may become a run: it is aborted with the
 * connection, until a run takes it, which outlives its reader. Made for those who ask.
 */
export class RequestSignal {
  readonly #connection: Connection;
  #own: AbortController | undefined;
  #isKept = false;
  #isOver = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get signal(): AbortSignal {
    if (this.#own === undefined) {
      this.#own = new AbortController();
      if (this.#isOver || (!this.#isKept && this.#connection.isClosed)) this.#own.abort();
      else if (!this.#isKept) this.#connection.signal.addEventListener('abort', this.#leave);
    }
    return this.#own.signal;
  }

  /** The connection may go from here on. */
  keep(): void {
    this.#isKept = true;
    if (this.#own !== undefined) this.#connection.signal.removeEventListener('abort', this.#leave);
  }

  abort(): void {
    this.#isOver = true;
    this.#own?.abort();
  }

  readonly #leave = (): void => this.abort();
}
