import type { ClosedError } from './ClosedError.ts';
import { hasTag } from './RxsseError.ts';

/** Returns true for the error of a log that has ended. @internal */
export function isLogEnded(error: unknown): boolean {
  return hasTag<ClosedError>(error, 'ClosedError') && error.state === 'ended';
}
