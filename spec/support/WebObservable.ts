/** The `internal observer` of the specification. */
interface WebObserver<T> {
  readonly next?: (value: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

/** The producer's end of a subscription. */
export class WebSubscriber<T> {
  readonly #controller = new AbortController();
  readonly #observers = new Set<WebObserver<T>>();
  readonly #teardowns: (() => void)[] = [];
  active = true;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  next(value: T): void {
    for (const observer of [...this.#observers]) observer.next?.(value);
  }

  error(error: unknown): void {
    const observers = this.#close(error);
    for (const observer of observers) observer.error?.(error);
  }

  complete(): void {
    const observers = this.#close(undefined);
    for (const observer of observers) observer.complete?.();
  }

  addTeardown(teardown: () => void): void {
    if (this.active) this.#teardowns.push(teardown);
    else teardown();
  }

  add(observer: WebObserver<T>, signal: AbortSignal | undefined): void {
    this.#observers.add(observer);
    signal?.addEventListener('abort', () => {
      this.#observers.delete(observer);
      if (this.#observers.size === 0) this.#close(signal.reason);
    });
  }

  #close(reason: unknown): readonly WebObserver<T>[] {
    if (!this.active) return [];
    this.active = false;
    this.#controller.abort(reason);
    for (const teardown of this.#teardowns.reverse()) teardown();
    const observers = [...this.#observers];
    this.#observers.clear();
    return observers;
  }
}

/**
 * The `Observable` of the WICG specification, as far as `subscribe` goes: the subscriptions of one Observable share its
 * producer, whose signal is aborted when the last of them is.
 *
 * @see https://wicg.github.io/observable/#observable-subscribe-to-an-observable
 */
export class WebObservable<T> {
  readonly #callback: (subscriber: WebSubscriber<T>) => void;
  #subscriber: WebSubscriber<T> | undefined;

  constructor(callback: (subscriber: WebSubscriber<T>) => void) {
    this.#callback = callback;
  }

  subscribe(
    observer: WebObserver<T> | ((value: T) => void) = {},
    { signal }: { readonly signal?: AbortSignal } = {},
  ): void {
    if (signal?.aborted) return;
    const internal = typeof observer === 'function' ? { next: observer } : observer;
    if (this.#subscriber?.active) return this.#subscriber.add(internal, signal);
    const subscriber = new WebSubscriber<T>();
    this.#subscriber = subscriber;
    subscriber.add(internal, signal);
    try {
      this.#callback(subscriber);
    } catch (error) {
      subscriber.error(error);
    }
  }
}
