import { kindOf } from '../data/kindOf.ts';

/** Checks that a test can be run. @throws TypeError for a promise, for example, which has started already. */
export function checkTest(where: string, test: unknown): void {
  if (typeof test !== 'function') throw new TypeError(`${where}: expected a test function, got ${kindOf(test)}`);
}
