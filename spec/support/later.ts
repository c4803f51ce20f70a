import { timer } from 'rxjs';

/**
 * Returns a promise that settles in RxJS time, so also in virtual time. A native
 * promise settles in a microtask, which no virtual clock runs.
 */
export function later<T>(ms: number, value: T, signal?: AbortSignal): PromiseLike<T> {
  return settling(ms, signal, (resolve) => resolve(value));
}

/** Returns such a promise that is rejected. */
export function failing(ms: number, error: unknown, signal?: AbortSignal): PromiseLike<never> {
  return settling(ms, signal, (_resolve, reject) => reject(error));
}

function settling<T>(
  ms: number,
  signal: AbortSignal | undefined,
  settle: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): PromiseLike<T> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: it must be awaitable.
    then: (resolve, reject) => {
      const due = timer(ms).subscribe(() =>
        settle(
          (value) => resolve?.(value),
          (error) => reject?.(error),
        ),
      );
      signal?.addEventListener('abort', () => due.unsubscribe());
      return later(ms, undefined) as never;
    },
  };
}
