import * as t from 'io-ts';
import type { JsonKind, LeafSchema, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';

export const everyKind: readonly JsonKind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** Creates a codec whose values are the same in the program and on the wire. */
export function identityLeaf(
  name: string,
  kinds: readonly JsonKind[] | 'any',
  is: (value: unknown) => boolean,
  literals?: readonly Literal[],
  expected?: string,
  schema?: LeafSchema,
): ExactCodec {
  const leaf: ExactCodec = new ExactCodec(name, {
    is,
    expected,
    validateAs: (value, context, form) => (is(value) ? t.success(value) : leaf.failure(value, context, form)),
    encode: t.identity,
    isIdentity: () => true,
    branches: (codec) => [
      {
        codec,
        kinds: new Set(kinds === 'any' ? everyKind : kinds),
        literals: literals && new Set(literals),
        schema,
      },
    ],
  });
  return leaf;
}

/**
 * Creates a codec that is text on the wire and another value in the program.
 *
 * @param expected names the text for its sender
 */
export function textLeaf<A>(
  name: string,
  expected: string,
  is: (value: unknown) => value is A,
  parse: (text: string) => A | undefined,
  print: (value: A) => string,
  schema: LeafSchema,
): ExactCodec {
  const leaf: ExactCodec = new ExactCodec(name, {
    is,
    expected,
    validateAs: (value, context, form) => {
      if (form === 'program') return is(value) ? t.success(value) : leaf.failure(value, context, form);
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      return parsed === undefined ? leaf.failure(value, context, form) : t.success(parsed);
    },
    encode: (value) => print(value as A),
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds: new Set(['string']), schema }],
  });
  return leaf;
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
      if (form === 'wire') {
        const result = custom.validate(value, context);
        return result._tag === 'Left' ? t.failures(withoutValues(result.left)) : result;
      }
      return custom.is(value) ? t.success(value) : t.failure(value, context);
    },
    encode: (value) => custom.encode(value),
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds, opaque: true }],
  });
}

/** Removes the messages that repeat a value: it may be secret. */
export function withoutValues(errors: t.Errors): t.Errors {
  return errors.map((error) => {
    const { value, message, context } = error;
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return text.length > 3 && message?.includes(text) ? { value, context } : error;
  });
}
