import * as t from 'io-ts';
import type { Form } from './ExactCodec.ts';
import { addFailures, ExactCodec } from './ExactCodec.ts';

/** Creates the codec of an array whose items have one codec. */
export function list(name: string, item: ExactCodec): ExactCodec {
  const codecAt = (): ExactCodec => item;
  const codec: ExactCodec = new ExactCodec(name, {
    expected: 'array',
    is: (value) => Array.isArray(value) && every(value, value.length, codecAt),
    validateAs: (value, context, form) =>
      Array.isArray(value)
        ? validateItems(value, value.length, codecAt, context, form)
        : codec.failure(value, context, form),
    encode: (value) => (item.isIdentity() ? value : (value as unknown[]).map((element) => item.encode(element))),
    isIdentity: () => item.isIdentity(),
    branches: (self) => [{ codec: self, kinds: new Set(['array']), item }],
  });
  return codec;
}

/** Creates the codec of a tuple. Further items are dropped when received, as unknown fields are. */
export function tuple(name: string, items: readonly ExactCodec[]): ExactCodec {
  const codecAt = (index: number): ExactCodec | undefined => items[index];
  const { length } = items;
  const isIdentity = (): boolean => items.every((item) => item.isIdentity());
  const codec: ExactCodec = new ExactCodec(name, {
    expected: `array of ${length} items`,
    is: (value) => Array.isArray(value) && value.length === length && every(value, length, codecAt),
    validateAs: (value, context, form) => {
      const fits = Array.isArray(value) && (form === 'wire' || value.length === length);
      return fits ? validateItems(value, length, codecAt, context, form) : codec.failure(value, context, form);
    },
    encode: (value) => (isIdentity() ? value : items.map((item, index) => item.encode((value as unknown[])[index]))),
    isIdentity,
    branches: (self) => [{ codec: self, kinds: new Set(['array']), items }],
  });
  return codec;
}

/** Creates the codec of an array that may come as a single item, as a query parameter does that occurs once. */
export function listOfOneOrMany(name: string, item: ExactCodec): ExactCodec {
  const many = list(name, item);
  return new ExactCodec(name, {
    is: (value) => many.is(value),
    validateAs: (value, context, form) => {
      if (form === 'program' || value === undefined || Array.isArray(value))
        return many.validateAs(value, context, form);
      const result = item.validateAs(value, context, form);
      return result._tag === 'Left' ? result : t.success([result.right]);
    },
    encode: (value) => many.encode(value),
    isIdentity: () => false,
    branches: (codec) => [
      { codec, kinds: new Set(['array', ...item.branches().flatMap(({ kinds }) => [...kinds])]), single: item },
    ],
  });
}

// By index: `Array.prototype.every` skips the holes of a sparse array, which JSON writes as null.
function every(items: readonly unknown[], length: number, codecAt: (index: number) => ExactCodec | undefined): boolean {
  for (let index = 0; index < length; index++) if (!codecAt(index)?.is(items[index])) return false;
  return true;
}

function validateItems(
  items: readonly unknown[],
  length: number,
  codecAt: (index: number) => ExactCodec | undefined,
  context: t.Context,
  form: Form,
): t.Validation<unknown> {
  const out: unknown[] = [];
  const errors: t.Errors = [];
  for (let index = 0; index < length; index++) {
    const item = items[index];
    const codec = codecAt(index);
    if (codec === undefined) break;
    if (codec.isIdentity() && codec.is(item)) {
      out.push(item);
      continue;
    }
    const result = codec.validateAs(item, t.appendContext(context, String(index), codec, item), form);
    if (result._tag === 'Right') out.push(result.right);
    else if (!addFailures(errors, result.left)) break;
  }
  return errors.length > 0 ? t.failures(errors) : t.success(out);
}
