import { RxsseError } from './RxsseError.ts';

/**
 * A value from outside that does not match its codec.
 *
 * The message names paths and expectations and never the value, so it can be
 * shown and logged; the value stays in `actual`.
 *
 * @example Say what is wrong with a value, and not what it is
 * const issuesOf = (error: unknown) => (error instanceof DecodeError ? error.issues : []);
 *
 * @category error
 */
export class DecodeError extends RxsseError {
  readonly _tag = 'DecodeError';
  /** What was given. */
  readonly actual: unknown;
  /** One line a failure: `echo.data.message: expected string, got undefined`. */
  readonly issues: readonly string[];

  constructor(actual: unknown, issues: readonly string[]) {
    super(`value does not match its codec: ${issues.join('; ')}`);
    this.actual = actual;
    this.issues = issues;
  }
}
