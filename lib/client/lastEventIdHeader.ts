/** What a field of HTTP can hold, byte by byte: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const field = /^[\t\x20-\x7e\x80-\xff]+$/;

/**
 * An id as the value of a header: its UTF-8 bytes, each as the character that
 * fetch sends as that byte. `undefined` where there is none, and where a header
 * cannot carry it: control characters, or spaces at its ends, which would be taken off.
 */
export function headerOf(lastEventId: string): string | undefined {
  const bytes = new TextEncoder().encode(lastEventId);
  let value = '';
  for (const byte of bytes) value += String.fromCharCode(byte);
  return field.test(value) && !/^[\t ]|[\t ]$/.test(value) ? value : undefined;
}
