import { type Observable, tap } from 'rxjs';

/** The signal of the work on one answer. It is aborted when the answer is stopped, and not after it has ended by itself. */
export class AnswerSignal {
  readonly #abort = new AbortController();
  #hasEnded = false;

  /** @param parent aborts this one as well */
  constructor(parent?: AbortSignal) {
    if (parent?.aborted) this.abort();
    else parent?.addEventListener('abort', () => this.abort());
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(): void {
    if (!this.#hasEnded) this.#abort.abort();
  }

  /** Returns a stream whose end is that of the answer. */
  endingWith<T>(stream: Observable<T>): Observable<T> {
    const end = (): void => {
      this.#hasEnded = true;
    };
    return stream.pipe(tap({ complete: end, error: end }));
  }
}
