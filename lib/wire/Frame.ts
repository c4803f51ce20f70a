import type { CheckedName } from '../error/ReservedName.ts';
import { checkEventName, checkLine, checkRetry, kindOf } from './checkField.ts';
import { jsonText } from './jsonText.ts';

/** Told by a symbol and not by `_tag`, so that nobody's payload is taken for a frame. */
const isBlock: unique symbol = Symbol.for('rxsse.frame');

/**
 * A block that carries data: what a listener in a browser sees.
 *
 * Made by {@link message}, or by a parser from what came over the wire.
 *
 * @example What is in it
 * const { id, data } = message({ id: '7', data: [1, 2] }); // '7' and '[1,2]'
 *
 * @category wire
 */
export class Message {
  readonly _tag = 'Message';
  /** The reader's position from here on. `''` clears it, `undefined` leaves it. */
  readonly id: string | undefined;
  /** The event's name. `undefined` is what EventSource calls `message`. */
  readonly event: string | undefined;
  /** A wait in milliseconds that the reader is asked for. A parser gives it as a {@link Retry} of its own. */
  readonly retry: number | undefined;
  /** The text, as a reader gets it: its lines are parted by LF alone. */
  readonly data: string;

  constructor(id: string | undefined, event: string | undefined, retry: number | undefined, data: string) {
    this.id = id;
    this.event = event;
    this.retry = retry;
    this.data = data;
  }

  get [isBlock](): true {
    return true;
  }
}

/**
 * A line that readers ignore; it keeps a quiet connection open. Made by {@link comment}.
 *
 * @example What is in it
 * const { text } = comment('still here');
 *
 * @category wire
 */
export class Comment {
  readonly _tag = 'Comment';
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get [isBlock](): true {
    return true;
  }
}

/**
 * How long a reader is asked to wait before it connects again. Made by {@link retry}.
 *
 * @example What is in it
 * const { ms } = retry(30_000);
 *
 * @category wire
 */
export class Retry {
  readonly _tag = 'Retry';
  /** Milliseconds. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  get [isBlock](): true {
    return true;
  }
}

/**
 * One block of `text/event-stream`, told apart by `_tag`. Everything in a frame
 * can be sent: what cannot is refused when it is made.
 *
 * @category wire
 */
export type Frame = Message | Comment | Retry;

/** What a message carries beside its data. @category wire */
export interface MessageFields<N extends string = string> {
  /** The position that a reader resumes from. `''` clears it. @default the reader keeps the one it has */
  readonly id?: string;
  /** The name under which a listener gets it. @default none, which EventSource calls `message` */
  readonly event?: CheckedName<N>;
  /** The wait before a reader connects again, in milliseconds, from 0 to 2147483647. @default unchanged */
  readonly retry?: number;
}

/** A value that is sent as JSON, or text that is sent as it is; one of the two. @category wire */
export type MessageContent =
  | { readonly data: unknown; readonly text?: never }
  | { readonly text: string; readonly data?: never };

/**
 * Makes a message by hand, for a stream that is not made of typed events.
 *
 * `data` is sent as JSON. `text` is sent as it is: CR, LF and CRLF each begin a
 * new `data:` line, and a reader gets all three as LF; half of a surrogate pair
 * becomes U+FFFD, as in every UTF-8 encoder.
 *
 * @example A value under a name, with the position after it
 * const frame = message({ id: '7', event: 'price', data: { symbol: 'ABC', cents: 1250 } });
 *
 * @throws TypeError for CR, LF, NUL or half of a surrogate pair in `id` or
 * `event`, for a reserved or an empty name, and for data that JSON has no text for.
 * @throws RangeError for a `retry` that is not a whole number in range.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @category wire
 */
export function message<const N extends string = string>(fields: MessageFields<N> & MessageContent): Message {
  const { id, event, retry: wait, data, text } = fields;
  if (id !== undefined) checkLine('message: id', id);
  if (event !== undefined) checkEventName('message: event', event);
  if (wait !== undefined) checkRetry('message: retry', wait);
  if (text === undefined) return new Message(id, event, wait, jsonText('message: data', data));
  if (data !== undefined) throw new TypeError('message: got both data and text: leave one out');
  if (typeof text !== 'string') {
    throw new TypeError(`message: text must be a string, got ${kindOf(text)}: give a value to send as JSON as data`);
  }
  return new Message(id, event, wait, text.toWellFormed().replace(/\r\n?/g, '\n'));
}

/**
 * Makes a comment. Readers ignore it, and a connection that would be quiet is kept open by it.
 *
 * @example A heartbeat
 * const beat = comment();
 *
 * @throws TypeError when the text is not one line.
 * @category wire
 */
export function comment(text = ''): Comment {
  checkLine('comment: text', text);
  return new Comment(text);
}

/**
 * Asks the reader to wait this many milliseconds before it connects again.
 *
 * @example Half a minute
 * const later = retry(30_000);
 *
 * @throws RangeError when it is not a whole number from 0 to 2147483647, which is what a timer can hold.
 * @category wire
 */
export function retry(ms: number): Retry {
  checkRetry('retry: ms', ms);
  return new Retry(ms);
}

/**
 * Tells a frame of this library from any other value, a lookalike with a `_tag` included.
 *
 * @example A payload is no frame, whatever its fields are called
 * isFrame({ _tag: 'Comment', text: '' }); // false
 *
 * @category wire
 */
export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && (value as { [isBlock]?: unknown })[isBlock] === true;
}
