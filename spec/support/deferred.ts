export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

/** Returns a promise with the function that resolves it. */
export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
