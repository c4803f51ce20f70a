import { expect } from 'chai';
import { concat, map, type Observable, of, timer } from 'rxjs';
import type { TestReader } from '../../lib/testing/index.ts';

/** An error whose message is not sent to clients. */
export class Secret extends Error {
  constructor() {
    super('secret');
  }
}

/** Emits an event, and a millisecond later an error. */
export const failing = (value: unknown = 1): Observable<unknown> =>
  concat(of(value), timer(1).pipe(map(() => raise())));

export function raise(): never {
  throw new Secret();
}

/** Checks that the response has nothing of the secret, and that no listener remains. */
export function isQuiet({ text, listeners }: TestReader): void {
  expect(text).not.to.include('secret');
  expect(listeners).to.equal(0);
}
