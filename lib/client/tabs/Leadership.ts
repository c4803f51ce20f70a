/** The part of `navigator.locks` that is used. */
export interface LocksLike {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    callback: () => PromiseLike<void> | undefined,
  ): PromiseLike<unknown>;
}

/** Is notified when a tab gets the lock, and when it loses it. */
interface LeadershipObserver {
  /** This tab has the lock. */
  readonly onElected: () => void;
  /** Another tab has taken the lock, since this one did not answer. */
  readonly onLost: () => void;
  /** The browser allows no locks here, as in a sandboxed frame. */
  readonly onDenied: () => void;
}

/**
 * The part of one tab in the election of a leader: the tab that has a lock. The browser passes the lock on when its tab
 * is closed, or has crashed.
 *
 * @see https://www.w3.org/TR/web-locks/
 */
export class Leadership {
  readonly #locks: LocksLike;
  readonly #name: string;
  readonly #observer: LeadershipObserver;
  /** Aborts the request for the lock, until there is another one. */
  #request: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(locks: LocksLike, name: string, observer: LeadershipObserver) {
    this.#locks = locks;
    this.#name = name;
    this.#observer = observer;
  }

  /** Waits for the lock. */
  join(): void {
    const abort = this.#replace();
    this.#ask(abort, { signal: abort.signal });
  }

  /** Takes the lock away from a tab that does not answer. */
  steal(): void {
    this.#ask(this.#replace(), { steal: true });
  }

  /** Releases the lock, or stops waiting for it. */
  leave(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #replace(): AbortController {
    this.leave();
    this.#request = new AbortController();
    return this.#request;
  }

  #ask(request: AbortController, options: { readonly signal?: AbortSignal; readonly steal?: boolean }): void {
    const isCurrent = (): boolean => this.#request === request;
    const hold = (): PromiseLike<void> | undefined => {
      if (!isCurrent()) return undefined;
      return new Promise<void>((resolve) => {
        this.#release = resolve;
        this.#observer.onElected();
      });
    };
    this.#locks.request(this.#name, options, hold).then(undefined, (error: unknown) => {
      if (!isCurrent()) return;
      if ((error as { readonly name?: unknown }).name === 'AbortError') this.#observer.onLost();
      else this.#observer.onDenied();
    });
  }
}
