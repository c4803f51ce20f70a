import { RxsseError } from './RxsseError.ts';

/**
 * A model reported that it failed, within a stream that had started: it is overloaded, or a limit is reached.
 *
 * The message names the code and nothing else that the server sent, so it can be logged.
 *
 * @example Try again later where the model is overloaded
 * const isOverloaded = (error: unknown) => error instanceof ModelError && error.code === 'overloaded_error';
 *
 * @category error
 */
export class ModelError extends RxsseError {
  readonly _tag = 'ModelError';
  /** The code or, where there is none, the type of the error, such as `overloaded_error`; `undefined` where it has neither. */
  readonly code: string | undefined;
  /** The error as the server sent it, unchecked. It may name the organization of the key: do not show it to readers. */
  readonly problem: unknown;

  constructor(message: string, code: string | undefined, problem?: unknown) {
    super(message);
    this.code = code;
    this.problem = problem;
  }
}
