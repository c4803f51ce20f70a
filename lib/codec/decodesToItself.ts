import type { ExactCodec } from './exact/ExactCodec.ts';

const known = new WeakMap<ExactCodec, boolean>();

/**
 * Returns true if decoding what a value was encoded to gives an equal value, as far as JSON text restores it: where the codec
 * consists of records and of what is the same in the program and on the wire.
 */
export function decodesToItself(codec: ExactCodec): boolean {
  const found = known.get(codec);
  if (found !== undefined) return found;
  // A codec that contains itself is decoded.
  known.set(codec, false);
  const result = codec.branches().every(({ codec: branch, fields, item, opaque }) => {
    if (opaque === true) return false;
    if (item !== undefined) return decodesToItself(item);
    if (fields === undefined) return branch.isIdentity();
    return fields.rest === undefined && [...fields.known.values()].every((field) => decodesToItself(field.codec));
  });
  known.set(codec, result);
  return result;
}
