/**
 * Goes on with a value, or with what its promise gives. A promise is waited for
 * only where the user gave one: the rest of the way is synchronous, and so runs
 * in virtual time.
 */
export function whenResolved(value: unknown, refuse: (error: unknown) => void, use: (value: unknown) => void): void {
  if (!isPromise(value)) return use(value);
  value.then((given) => attempt(refuse, () => use(given)), refuse);
}

/** Does the work; what it throws is refused. */
export function attempt(refuse: (error: unknown) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    refuse(error);
  }
}

/** Something that can be waited for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
