/**
 * The base of every error that this library makes for its users, mistakes in
 * the program apart (those are `TypeError` and `RangeError`).
 *
 * `_tag` tells the classes apart without `instanceof`, which fails when two
 * copies of the library are installed.
 *
 * @example Tell the library's own errors from all others
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
