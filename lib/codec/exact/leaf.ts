import * as t from 'io-ts';
import type { JsonKind, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';

const everyKind: readonly JsonKind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** Creates a codec whose values are the same in the program and on the wire. */
export function identityLeaf(
  name: string,
  kinds: readonly JsonKind[] | 'any',
  is: (value: unknown) => boolean,
  literals?: readonly Literal[],
): ExactCodec {
  return new ExactCodec(name, {
    is,
    validateAs: (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    encode: t.identity,
    isIdentity: () => true,
    branches: (codec) => [
      {
        codec,
        kinds: new Set(kinds === 'any' ? everyKind : kinds),
        literals: literals && new Set(literals),
      },
    ],
  });
}

/** Creates a codec that is text on the wire and another value in the program. */
export function textLeaf<A>(
  name: string,
  is: (value: unknown) => value is A,
  parse: (text: string) => A | undefined,
  print: (value: A) => string,
): ExactCodec {
  return new ExactCodec(name, {
    is,
    validateAs: (value, context, form) => {
      if (form === 'program') return is(value) ? t.success(value) : t.failure(value, context);
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      return parsed === undefined ? t.failure(value, context) : t.success(parsed);
    },
    encode: (value) => print(value as A),
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds: new Set(['string']) }],
  });
}

/**
 * Wraps a custom codec as it is. It is assumed never to encode to `null` or `undefined`, which could not be
 * distinguished from the `null` of a union.
 */
export function opaqueLeaf(custom: t.Mixed): ExactCodec {
  const kinds = new Set<JsonKind>(everyKind);
  kinds.delete('null');
  return new ExactCodec(custom.name, {
    is: (value) => custom.is(value),
    validateAs: (value, context, form) => {
      if (form === 'wire') return custom.validate(value, context);
      return custom.is(value) ? t.success(value) : t.failure(value, context);
    },
    encode: (value) => custom.encode(value),
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds, opaque: true }],
  });
}
