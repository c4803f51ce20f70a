import type { Frame } from './Frame.ts';

/**
 * Returns the text of a frame, its empty line included. It cannot fail: a frame contains only what the format can
 * carry.
 *
 * @example Encode a heartbeat
 * encodeFrame(comment('still here')); // ': still here\n\n'
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @category wire
 */
export function encodeFrame(frame: Frame): string {
  switch (frame._tag) {
    case 'Message':
      return encodeMessage(frame.id, frame.event, frame.data, frame.retry);
    case 'Comment':
      return frame.text === '' ? ':\n\n' : `: ${frame.text}\n\n`;
    case 'Retry':
      return `retry: ${frame.ms}\n\n`;
  }
}

/**
 * Returns the text of a message whose parts were checked before, without creating a frame. `data` contains no CR; each
 * LF starts a new `data:` line.
 *
 * @internal
 */
export function encodeMessage(
  id: string | undefined,
  event: string | undefined,
  data: string,
  retry?: number | undefined,
): string {
  const wait = retry === undefined ? '' : `retry: ${retry}\n`;
  return `${idAndEvent(id, event)}${wait}${dataLines(data)}\n`;
}

/**
 * Returns the same, without an id, for JSON text, which has no line ends and is never empty: the fast path of every event.
 * @internal
 */
export function encodeJsonMessage(event: string | undefined, json: string): string {
  return event === undefined ? `data: ${json}\n\n` : `event: ${event}\ndata: ${json}\n\n`;
}

// The parser removes one space; without it a value that starts with a space would lose its own.
function idAndEvent(id: string | undefined, event: string | undefined): string {
  const position = id === undefined ? '' : id === '' ? 'id:\n' : `id: ${id}\n`;
  return event === undefined ? position : `${position}event: ${event}\n`;
}

function dataLines(data: string): string {
  if (!data.includes('\n')) return dataLine(data);
  return data.split('\n').map(dataLine).join('');
}

const dataLine = (line: string) => (line === '' ? 'data:\n' : `data: ${line}\n`);
