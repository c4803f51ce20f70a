import * as t from 'io-ts';
import type { Form } from './ExactCodec.ts';
import { addFailures, ExactCodec } from './ExactCodec.ts';

/** Creates the codec of an array whose items have one codec. */
export function list(name: string, item: ExactCodec): ExactCodec {
  const at = (): ExactCodec => item;
  return new ExactCodec(name, {
    is: (value) => Array.isArray(value) && every(value, value.length, at),
    validateAs: (value, context, side) =>
      Array.isArray(value) ? walkItems(value, value.length, at, context, side) : t.failure(value, context),
    encode: (value) => (item.isIdentity() ? value : (value as unknown[]).map((at) => item.encode(at))),
    isIdentity: () => item.isIdentity(),
    branches: (codec) => [{ codec, kinds: new Set(['array']) }],
  });
}

/** Creates the codec of a tuple. Further items are dropped when received, as unknown fields are. */
export function tuple(name: string, items: readonly ExactCodec[]): ExactCodec {
  const at = (index: number): ExactCodec | undefined => items[index];
  const { length } = items;
  const verbatim = (): boolean => items.every((item) => item.isIdentity());
  return new ExactCodec(name, {
    is: (value) => Array.isArray(value) && value.length === length && every(value, length, at),
    validateAs: (value, context, side) => {
      const fits = Array.isArray(value) && (side === 'wire' || value.length === length);
      return fits ? walkItems(value, length, at, context, side) : t.failure(value, context);
    },
    encode: (value) => (verbatim() ? value : items.map((item, index) => item.encode((value as unknown[])[index]))),
    isIdentity: verbatim,
    branches: (codec) => [{ codec, kinds: new Set(['array']) }],
  });
}

/** Creates the codec of an array that may come as a single item, as a query parameter does that occurs once. */
export function listOfOneOrMany(name: string, item: ExactCodec): ExactCodec {
  const many = list(name, item);
  return new ExactCodec(name, {
    is: (value) => many.is(value),
    validateAs: (value, context, side) => {
      if (side === 'program' || value === undefined || Array.isArray(value))
        return many.validateAs(value, context, side);
      const result = item.validateAs(value, context, side);
      return result._tag === 'Left' ? result : t.success([result.right]);
    },
    encode: (value) => many.encode(value),
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds: new Set(['array', ...item.branches().flatMap(({ kinds }) => [...kinds])]) }],
  });
}

// By index: `Array.prototype.every` skips the holes of a sparse array, which JSON writes as null.
function every(items: readonly unknown[], length: number, codecAt: (index: number) => ExactCodec | undefined): boolean {
  for (let index = 0; index < length; index++) if (!codecAt(index)?.is(items[index])) return false;
  return true;
}

function walkItems(
  items: readonly unknown[],
  length: number,
  codecAt: (index: number) => ExactCodec | undefined,
  context: t.Context,
  side: Form,
): t.Validation<unknown> {
  const out: unknown[] = [];
  const errors: t.Errors = [];
  for (let index = 0; index < length; index++) {
    const item = items[index];
    const codec = codecAt(index);
    if (codec === undefined) break;
    if ((side === 'program' || codec.isIdentity()) && codec.is(item)) {
      out.push(item);
      continue;
    }
    const result = codec.validateAs(item, t.appendContext(context, String(index), codec, item), side);
    if (result._tag === 'Right') out.push(result.right);
    else if (!addFailures(errors, result.left)) break;
  }
  return errors.length > 0 ? t.failures(errors) : t.success(out);
}
