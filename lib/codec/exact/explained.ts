import * as t from 'io-ts';
import type { CompileContext } from './CompileContext.ts';
import { choice } from './choice.ts';
import { ExactCodec } from './ExactCodec.ts';
import { withoutValues } from './leaf.ts';

/**
 * Lets a compiled codec fail with the message of the codec that it was compiled from, where that one has a message of
 * its own: `withMessage` of io-ts-types copies a codec and replaces its `validate`.
 */
export function explained(inner: ExactCodec, original: t.Mixed, { recursions }: CompileContext): ExactCodec {
  if (inner === original) return inner;
  const { _tag } = original as LeafCodec;
  if (_tag === undefined || /^(OneOrMany|WithDefault|Recursive)Type$/.test(_tag)) return inner;
  // The original decides among the members of a union by trying them all, which recursive data could make take forever.
  if (recursions.size > 0 && !isLeaf(original)) return inner;
  const message = ownMessage(original, nothingInJson);
  if (message === undefined || message === inner.expected) return inner;

  const validateAs =
    ({ validateAs: validate }: ExactCodec): ExactCodec['validateAs'] =>
    (value, context, form) => {
      const result = validate(value, context, form);
      if (form === 'program' || result._tag === 'Right' || result.left[0]?.context !== context) return result;
      const own = ownMessage(original, value);
      return own === undefined ? result : t.failures(withoutValues([{ value, context, message: own }]));
    };
  const explain = (codec: ExactCodec): ExactCodec =>
    new ExactCodec(codec.name, { ...codec, validateAs: validateAs(codec) });

  const members = choice(inner.name, () =>
    inner.branches().map((branch) => ({ ...branch, codec: explain(branch.codec) })),
  );
  return explain(members);
}

/** A value that no codec of JSON accepts. */
const nothingInJson = (): void => {};

/** Returns the message with which a codec rejects a value as a whole. */
function ownMessage(codec: t.Mixed, value: unknown): string | undefined {
  try {
    const result = codec.validate(value, [{ key: '', type: codec, actual: value }]);
    const error = result._tag === 'Left' ? result.left[0] : undefined;
    return error?.context.length === 1 ? error.message : undefined;
  } catch {
    return undefined;
  }
}

interface LeafCodec {
  readonly _tag?: string;
  readonly type?: LeafCodec;
}

/** Returns true for a codec whose values contain no others. */
function isLeaf(codec: object): boolean {
  const { _tag, type }: LeafCodec = codec;
  if (_tag === 'RefinementType') return type !== undefined && isLeaf(type);
  return _tag !== undefined && /^(String|Number|Boolean|Literal|Keyof|Null)Type$|^ExactCodec$/.test(_tag);
}
