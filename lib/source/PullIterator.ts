import { type Pullable, type Puller, pullerOf } from './Puller.ts';

/** Gives what is pulled, now or when it is there. The signal is aborted when that is left or over. @category source */
export type Pull<T> = (signal: AbortSignal) => Pullable<T> | PromiseLike<Pullable<T>>;

/** One reading of what the factory makes, with a `return` that does not wait for a parked `next`. */
export class PullIterator<T> implements AsyncIterator<T> {
  readonly #abort = new AbortController();
  readonly #opening: Promise<Puller<T>>;
  #puller: Puller<T> | undefined;

  /** @throws whatever the factory throws. */
  constructor(make: Pull<T>) {
    this.#opening = this.#open(make);
    // Where nobody asks any more, nobody is left to be told.
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
    this.#puller?.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  #open(make: Pull<T>): Promise<Puller<T>> {
    try {
      const given = make(this.#abort.signal);
      if (isPromise(given)) return Promise.resolve(given).then((late) => this.#begin(late));
      return Promise.resolve(this.#begin(given));
    } catch (error) {
      this.#abort.abort();
      throw error;
    }
  }

  #begin(given: Pullable<T>): Puller<T> {
    const puller = pullerOf(given);
    this.#puller = puller;
    // It came too late: whoever wanted it has left.
    if (this.#abort.signal.aborted) puller.leave();
    return puller;
  }
}

function isPromise<T>(value: Pullable<T> | PromiseLike<Pullable<T>>): value is PromiseLike<Pullable<T>> {
  return value !== null && typeof value === 'object' && 'then' in value;
}
