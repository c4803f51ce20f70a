const LF = 10;
/** `id:`, as a number that three bytes are compared with at once. */
const idField = 0x69643a;

/** Returns a frame without its id. The first line of a frame is its id, as this library's logs write it. */
export function withoutId(frame: string): string {
  return frame.startsWith('id:') ? frame.slice(frame.indexOf('\n') + 1) : frame.replace(/^id:.*\n/m, '');
}

/** Returns the frames of a log without their ids. No other line starts with `id:`, since data lines start with `data:`. */
export function bytesWithoutIds(bytes: Uint8Array): Uint8Array {
  const rest = new Uint8Array(bytes.length);
  let length = 0;
  for (let from = 0; from < bytes.length; ) {
    const lineEnd = bytes.indexOf(LF, from);
    const to = lineEnd === -1 ? bytes.length : lineEnd + 1;
    const field = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    if (field !== idField) {
      rest.set(bytes.subarray(from, to), length);
      length += to - from;
    }
    from = to;
  }
  return rest.subarray(0, length);
}
