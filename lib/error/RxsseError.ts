/**
 * The base class of all errors of this library, apart from mistakes in the program, which are `TypeError` and
 * `RangeError`.
 *
 * `_tag` distinguishes the classes without `instanceof`, which fails when two copies of the library are installed.
 *
 * @example Distinguish the library's errors from all others
 * const tagOf = (error: unknown) => (error instanceof RxsseError ? error._tag : 'other');
 *
 * @category error
 */
export abstract class RxsseError extends Error {
  abstract readonly _tag: string;

  override get name(): string {
    return this._tag;
  }
}
