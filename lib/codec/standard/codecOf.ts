import type * as t from 'io-ts';
import type { Codec } from '../Shape.ts';
import { standardLeaf } from './standardLeaf.ts';

/** Returns true for an io-ts codec. Its name distinguishes it from a record with a field `validate`. */
export function isCodec(value: unknown): value is t.Mixed {
  const { validate, name } = (value ?? {}) as Partial<t.Mixed>;
  return typeof value === 'object' && typeof validate === 'function' && typeof name === 'string';
}

/** Returns the codec of a field: an io-ts codec as it is, and for a Standard Schema one that calls it. `at` names its values in errors. */
export function codecOf(codec: Codec, at: string): t.Mixed {
  return isCodec(codec) ? codec : standardLeaf(codec, at, true);
}
