import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** Returns a copy of a codec that fails with a message of its own, as `withMessage` of io-ts-types does. */
export function withMessage<C extends t.Mixed>(codec: C, message: (value: unknown) => string): C {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(codec)), codec);
  copy.validate = (value: unknown, context: t.Context) => {
    const result = codec.validate(value, context);
    return isLeft(result) ? t.failure(value, context, message(value)) : result;
  };
  copy.decode = (value: unknown) => copy.validate(value, [{ key: '', type: copy, actual: value }]);
  return copy;
}
