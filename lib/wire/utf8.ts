// Without `ignoreBOM` a decoder removes a BOM from each text and not only from the stream.
const whole = new TextDecoder('utf-8', { ignoreBOM: true });
const streaming = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes complete lines. Malformed bytes become U+FFFD.
 *
 * Bytes that end in a line end decode on their own as they do within the stream, because LF and CR are never part of a
 * longer sequence (https://encoding.spec.whatwg.org/#utf-8-decoder). For the same reason all streams share two
 * decoders, one of them in streaming mode, which then buffers nothing. There are two because in Node 20 the first is
 * ten times as fast on ASCII and the second twice as fast on everything else.
 *
 * @internal
 */
export class LineDecoder {
  #wide = false;

  decode(lines: Uint8Array): string {
    const text = this.#wide ? streaming.decode(lines, { stream: true }) : whole.decode(lines);
    // Among well-formed texts only ASCII has as many units as bytes.
    this.#wide = text.length !== lines.length;
    return text;
  }
}

/** Returns the number of bytes of a well-formed text in UTF-8. @internal */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A pair of surrogates has four bytes: two for each half.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/**
 * Returns true if a text has at most that many bytes. It counts only where three bytes for each unit, the most there
 * are, would be too many. @internal
 */
export function fitsIn(limit: number, text: string): boolean {
  return text.length * 3 <= limit || utf8Length(text) <= limit;
}

/**
 * The most bytes of an id that a reader sends back. Servers and proxies answer 431 or 414 to headers and URLs above 8 to 16
 * KiB in all, which would end a reader for good.
 *
 * @internal
 */
export const maxIdBytes = 4096;

/** Returns true for an id that a reader can send back: not too long, and without control characters. @internal */
export function canBeSent(id: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no header can carry them
  return fitsIn(maxIdBytes, id) && !/[\0-\x08\x0a-\x1f\x7f]/.test(id);
}
