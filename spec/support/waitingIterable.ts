import { deferred } from './deferred.ts';

/** Returns an iterable that never has a value, and what resolves when one was requested and when it was returned from. */
export function waitingIterable() {
  const [requested, returned] = [deferred(), deferred()];
  const iterable: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        requested.resolve();
        return new Promise(() => {});
      },
      return: () => {
        returned.resolve();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  return { iterable, requested, returned };
}
