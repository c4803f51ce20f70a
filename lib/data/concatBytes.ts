const empty = new Uint8Array(0);

/** Returns the bytes of all chunks in one array; a single chunk is returned itself and not copied. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const [first = empty] = chunks;
  if (chunks.length <= 1) return first;
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
