import { kindOf } from '../data/kindOf.ts';

/** @throws TypeError for a test that cannot be run: a promise, say, has begun already. */
export function checkTest(where: string, test: unknown): void {
  if (typeof test !== 'function') throw new TypeError(`${where}: expected a test, a function, got ${kindOf(test)}`);
}
