import { type Pullable, type Puller, pullerOf } from '../operator/Puller.ts';

/** Returns what is read, or a promise of it. The signal is aborted when the reading ends or is canceled. @category source */
export type Pull<T> = (signal: AbortSignal) => Pullable<T> | PromiseLike<Pullable<T>>;

/** One iteration over what the factory returns. Its `return` does not wait for a pending `next`. */
export class PullIterator<T> implements AsyncIterator<T> {
  readonly #abort = new AbortController();
  readonly #opening: Promise<Puller<T>>;
  #puller: Puller<T> | undefined;

  /** @throws whatever the factory throws. */
  constructor(factory: Pull<T>) {
    this.#opening = this.#open(factory);
    // `next` reports the error; without a call of `next` it must not become an unhandled rejection.
    this.#opening.catch(() => {});
  }

  async next(): Promise<IteratorResult<T>> {
    try {
      const result = await (this.#puller ?? (await this.#opening)).next();
      if (result.done) this.#abort.abort();
      return result;
    } catch (error) {
      this.#abort.abort();
      throw error;
    }
  }

  return(): Promise<IteratorResult<T>> {
    this.#abort.abort();
    void this.#puller?.return();
    return Promise.resolve({ done: true, value: undefined });
  }

  #open(factory: Pull<T>): Promise<Puller<T>> {
    try {
      const source = factory(this.#abort.signal);
      if (isPromiseOf(source)) return Promise.resolve(source).then((resolved) => this.#start(resolved));
      return Promise.resolve(this.#start(source));
    } catch (error) {
      this.#abort.abort();
      throw error;
    }
  }

  #start(source: Pullable<T>): Puller<T> {
    const puller = pullerOf(source);
    this.#puller = puller;
    // The iteration was canceled before the promise of the factory resolved.
    if (this.#abort.signal.aborted) void puller.return();
    return puller;
  }
}

function isPromiseOf<T>(value: Pullable<T> | PromiseLike<Pullable<T>>): value is PromiseLike<Pullable<T>> {
  return value !== null && typeof value === 'object' && 'then' in value;
}
