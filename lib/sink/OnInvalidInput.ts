import type { Issue } from '../codec/describeFailure.ts';

/**
 * Returns the JSON of the answer to a request that does not decode, in place of the problem that the library describes.
 * `undefined` leaves that problem. What it throws goes to `next`.
 *
 * @category sink
 */
export type OnInvalidInput<R> = (issues: readonly Issue[], request: R) => object | undefined;
