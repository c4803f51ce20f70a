/** Marks the errors of this library; the symbol is the same in all copies of this package. */
const errorMark: unique symbol = Symbol.for('rxsse.error') as never;

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

  get [errorMark](): true {
    return true;
  }
}

/** Returns true for an error with this tag, whichever copy of the package created it. @internal */
export function hasTag<E extends RxsseError>(error: unknown, tag: E['_tag']): error is E {
  return error instanceof Error && (error as Partial<RxsseError>)[errorMark] === true && (error as E)._tag === tag;
}
