import * as t from 'io-ts';
import type { JsonKind, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';

const everyKind: readonly JsonKind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** A codec whose values are the same in the program and on the wire. */
export function verbatimLeaf(
  name: string,
  kinds: readonly JsonKind[] | 'any',
  is: (value: unknown) => boolean,
  literals?: readonly Literal[],
): ExactCodec {
  return new ExactCodec(name, {
    is,
    walk: (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    encode: t.identity,
    verbatim: () => true,
    members: (codec) => [
      {
        codec,
        kinds: new Set(kinds === 'any' ? everyKind : kinds),
        literals: literals && new Set(literals),
      },
    ],
  });
}

/** A codec that is text on the wire and something else in the program. */
export function textLeaf<A>(
  name: string,
  is: (value: unknown) => value is A,
  parse: (text: string) => A | undefined,
  print: (value: A) => string,
): ExactCodec {
  return new ExactCodec(name, {
    is,
    walk: (value, context, side) => {
      if (side === 'program') return is(value) ? t.success(value) : t.failure(value, context);
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      return parsed === undefined ? t.failure(value, context) : t.success(parsed);
    },
    encode: (value) => print(value as A),
    verbatim: () => false,
    members: (codec) => [{ codec, kinds: new Set(['string']) }],
  });
}

/**
 * A custom codec, taken as it is. It is assumed to encode to something: one that
 * encodes to `null` or to nothing cannot be told from a union's `null`.
 */
export function opaqueLeaf(custom: t.Mixed): ExactCodec {
  const kinds = new Set<JsonKind>(everyKind);
  kinds.delete('null');
  return new ExactCodec(custom.name, {
    is: (value) => custom.is(value),
    walk: (value, context, side) => {
      if (side === 'wire') return custom.validate(value, context);
      return custom.is(value) ? t.success(value) : t.failure(value, context);
    },
    encode: (value) => custom.encode(value),
    verbatim: () => false,
    members: (codec) => [{ codec, kinds, opaque: true }],
  });
}
