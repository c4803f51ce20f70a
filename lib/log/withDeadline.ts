/** Settles as a promise does, or rejects when the storage has not answered after so many milliseconds. */
export function withDeadline<T>(storage: string, promise: Promise<T>, limit: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${storage} did not answer within ${limit} ms`)), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
