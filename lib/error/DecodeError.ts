import { RxsseError } from './RxsseError.ts';

/**
 * A value from outside does not match its codec.
 *
 * The message names paths and expectations and never the value, so it can be shown and logged; the value is in
 * `actual`.
 *
 * @example Report what is wrong with a value without showing it
 * const issuesOf = (error: unknown) => (error instanceof DecodeError ? error.issues : []);
 *
 * @category error
 */
export class DecodeError extends RxsseError {
  readonly _tag = 'DecodeError';
  /** The value. */
  readonly actual: unknown;
  /** One line for each failure: `echo.data.message: expected string, got undefined`. */
  readonly issues: readonly string[];
  /** The name of the event that a client received or a log has stored, also one that is not in the contract; `undefined` elsewhere. */
  readonly event: string | undefined;

  constructor(actual: unknown, issues: readonly string[], event?: string) {
    super(`value does not match its codec: ${issues.join('; ')}`);
    this.actual = actual;
    this.issues = issues;
    this.event = event;
  }
}
