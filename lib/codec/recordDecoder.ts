import * as E from 'fp-ts/lib/Either.js';
import { type Issue, issuesOf } from './describeFailure.ts';
import { exactShape } from './ExactShape.ts';
import type { DataOf, Shape } from './Shape.ts';

/**
 * Creates the decoder of a part of a request, `query` for example, from a record of props or a codec: defaults are
 * filled, and unknown fields are stripped.
 *
 * @param root names the part in issues and errors
 * @throws TypeError at once, as `event` does for its shape.
 * @internal
 */
export function recordDecoder<S extends Shape>(
  shape: S,
  root: string,
): (value: unknown) => E.Either<readonly Issue[], DataOf<S>> {
  const { input } = exactShape(shape, root);
  return (value) => {
    const decoded = input.decode(value);
    return E.isLeft(decoded) ? E.left(issuesOf(decoded.left, root)) : E.right(decoded.right as DataOf<S>);
  };
}
