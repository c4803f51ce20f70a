// Without `ignoreBOM` a decoder takes a BOM off each text and not off the stream alone.
const whole = new TextDecoder('utf-8', { ignoreBOM: true });
const streaming = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes whole lines. Malformed bytes become U+FFFD.
 *
 * Bytes that end in a line end are decoded on their own as they are within the
 * stream, because LF and CR are never part of a longer sequence
 * (https://encoding.spec.whatwg.org/#utf-8-decoder); for the same reason two
 * decoders can be shared by all streams, one of them in streaming mode, which it
 * leaves with nothing held. Why two: in Node 20 the first has ten times the
 * speed on ASCII and the second twice the speed on everything else.
 *
 * @internal
 */
export class LineDecoder {
  #wide = false;

  decode(lines: Uint8Array): string {
    const text = this.#wide ? streaming.decode(lines, { stream: true }) : whole.decode(lines);
    // ASCII, and nothing else that is well-formed, has as many units as bytes.
    this.#wide = text.length !== lines.length;
    return text;
  }
}

/** Bytes that a well-formed text has in UTF-8. @internal */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A pair of surrogates has four bytes: two for each half.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** Whether a text has at most that many bytes. Counts only where three a unit, the most there are, would be too many. @internal */
export function fitsIn(limit: number, text: string): boolean {
  return text.length * 3 <= limit || utf8Length(text) <= limit;
}
