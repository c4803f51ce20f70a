import { createParser } from 'eventsource-parser';
import { LimitError } from '../../lib/error/LimitError.ts';
import { type Frame, Message, Retry } from '../../lib/wire/Frame.ts';
import { FrameParser, type FrameParserOptions } from '../../lib/wire/FrameParser.ts';

/** What a reader is told, as plain values, in order: `message id event data`, `retry ms`, `comment text` and the rest. */
export type Told = readonly unknown[];

const told = {
  message: ({ id, event, data }: Pick<Message, 'id' | 'event' | 'data'>): Told => ['message', id, event, data],
  retry: (ms: number): Told => ['retry', ms],
  comment: (text: string): Told => ['comment', text],
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Everything that our parser says of a connection, an error over a limit included. */
export function ourReading(
  chunks: readonly Uint8Array[],
  options: Omit<FrameParserOptions, 'onMessage'> = {},
): readonly Told[] {
  const reading: Told[] = [];
  const parser = new FrameParser({
    ...options,
    onMessage: (message) => reading.push(told.message(message)),
    onRetry: ({ ms }) => reading.push(told.retry(ms)),
    onComment: ({ text }) => reading.push(told.comment(text)),
  });
  try {
    for (const chunk of chunks) parser.push(chunk);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    reading.push(['too large', error.kind === 'line-size' ? 'line' : 'event']);
  }
  return reading;
}

/**
 * The same of `eventsource-parser`, which gets text and needs a decoder in front.
 *
 * What it does otherwise than the standard, and nothing else, is put right here:
 * - It removes the text "ï»¿", the three bytes of a BOM as characters, from the
 *   start of a stream. So it gets this text first; `TextDecoder` removes the
 *   stream's own BOM, as the standard says.
 * - It does not end a line at a CR that is the last of a chunk, or of the stream,
 *   until a later line has ended. So it gets a CR together with what comes after
 *   it, and at the end of the stream an LF: the second half of a CRLF and nothing more.
 * - It gives a `retry` of any size, `Infinity` too. Ours gives what a timer can
 *   hold, since a browser cannot wait longer either and a frame must be sendable.
 */
export function foreignReading(chunks: readonly Uint8Array[]): readonly Told[] {
  const reading: Told[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => reading.push(told.message({ id, event, data })),
    onRetry: (ms) => reading.push(told.retry(Math.min(ms, 2 ** 31 - 1))),
    onComment: (text) => reading.push(told.comment(text)),
  });
  const decoder = new TextDecoder();
  let cr = '';
  const feed = (text: string): void => {
    const whole = cr + text;
    cr = whole.endsWith('\r') ? '\r' : '';
    parser.feed(cr === '' ? whole : whole.slice(0, -1));
  };
  feed('ï»¿');
  for (const chunk of chunks) feed(decoder.decode(chunk, { stream: true }));
  feed(decoder.decode());
  if (cr !== '') parser.feed('\r\n');
  return reading;
}

/** What a frame is told as when it arrives: a message's `retry` comes by itself, at its line. */
export function readingOf(frame: Frame): readonly Told[] {
  if (frame instanceof Message) {
    const message = told.message(frame);
    return frame.retry === undefined ? [message] : [told.retry(frame.retry), message];
  }
  return frame instanceof Retry ? [told.retry(frame.ms)] : [told.comment(frame.text)];
}
