import { createParser } from 'eventsource-parser';
import { LimitError } from '../../lib/error/LimitError.ts';
import { type Frame, Message, Retry } from '../../lib/wire/Frame.ts';
import { FrameParser, type FrameParserOptions } from '../../lib/wire/FrameParser.ts';

/** A notification of a parser as plain values: `message id event data`, `retry ms`, `comment text` and others. */
export type Notification = readonly unknown[];

const notificationOf = {
  message: ({ id, event, data }: Pick<Message, 'id' | 'event' | 'data'>): Notification => ['message', id, event, data],
  retry: (ms: number): Notification => ['retry', ms],
  comment: (text: string): Notification => ['comment', text],
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the notifications of this library's parser for a connection, with the error of a limit. */
export function ourReading(
  chunks: readonly Uint8Array[],
  options: Omit<FrameParserOptions, 'onMessage'> = {},
): readonly Notification[] {
  const reading: Notification[] = [];
  const parser = new FrameParser({
    ...options,
    onMessage: (message) => reading.push(notificationOf.message(message)),
    onRetry: ({ ms }) => reading.push(notificationOf.retry(ms)),
    onComment: ({ text }) => reading.push(notificationOf.comment(text)),
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
 * Returns the notifications of `eventsource-parser`, which reads text and needs a decoder before it.
 *
 * Only its differences from the standard are corrected here:
 * - It removes the text "ï»¿", the three bytes of a BOM as characters, from the
 *   start of a stream. So it reads this text first; `TextDecoder` removes the
 *   stream's own BOM, as the standard says. Here the BOM is removed as text: the decoder of Node 24 removes a second
 *   one, too, where a chunk ends between them.
 * - It does not end a line at a CR that is the last of a chunk, or of the stream,
 *   until a later line has ended. So it reads a CR together with the next text, and at the end of the stream an LF: the second half of a CRLF and nothing more.
 * - It emits a `retry` of any size, also `Infinity`. The parser of this library emits at most the
 *   longest delay of a timer, since a browser cannot wait longer either and a frame must be sendable.
 */
export function foreignReading(chunks: readonly Uint8Array[]): readonly Notification[] {
  const reading: Notification[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => reading.push(notificationOf.message({ id, event, data })),
    onRetry: (ms) => reading.push(notificationOf.retry(Math.min(ms, 2 ** 31 - 1))),
    onComment: (text) => reading.push(notificationOf.comment(text)),
  });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let isStart = true;
  let cr = '';
  const feed = (text: string): void => {
    const whole = cr + text;
    cr = whole.endsWith('\r') ? '\r' : '';
    parser.feed(cr === '' ? whole : whole.slice(0, -1));
  };
  feed('ï»¿');
  for (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    feed(isStart ? text.replace(/^\uFEFF/, '') : text);
    isStart &&= text === '';
  }
  feed(decoder.decode());
  if (cr !== '') parser.feed('\r\n');
  return reading;
}

/** Returns the notifications of a received frame; the `retry` of a message is one of its own, at its line. */
export function readingOf(frame: Frame): readonly Notification[] {
  if (frame instanceof Message) {
    const message = notificationOf.message(frame);
    return frame.retry === undefined ? [message] : [notificationOf.retry(frame.retry), message];
  }
  return frame instanceof Retry ? [notificationOf.retry(frame.ms)] : [notificationOf.comment(frame.text)];
}
