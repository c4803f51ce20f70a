import { reportError } from '../error/reportError.ts';

/** Calls a function of the user's that is only notified: what it throws or rejects with is reported and changes nothing. */
export function callHook(where: () => string, call: () => unknown): void {
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, (error) => reportError(where(), error));
  } catch (error) {
    reportError(where(), error);
  }
}

/** Runs `work`, which calls functions of the user's, and passes what it throws to `onError`. */
export function callGuarded(onError: (error: unknown) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    onError(error);
  }
}

/**
 * Calls `use` with a value, or with what its promise resolves to. Waits only where the user returned a promise, so
 * that everything else stays synchronous and runs in virtual time.
 */
export function whenResolved(value: unknown, onError: (error: unknown) => void, use: (value: unknown) => void): void {
  if (!isPromise(value)) return use(value);
  value.then((resolved) => callGuarded(onError, () => use(resolved)), onError);
}

/**
 * Returns what a function of the user's returned whose result is needed at once.
 *
 * @throws TypeError for a promise. What it rejects with is reported, since it would end the process otherwise.
 */
export function checkSynchronous<T>(name: string, result: T): T {
  if (!isPromise(result)) return result;
  result.then(undefined, (error) => reportError(name, error));
  throw new TypeError(`${name} must return its value at once, got a promise; return the value itself`);
}

/** Returns true for a promise and everything else that can be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
