import { kindOf } from '../data/kindOf.ts';
import { checkEventName, checkId, checkLine, checkRetry } from './checkField.ts';
import { jsonText } from './jsonText.ts';
import type { CheckedName } from './reservedName.ts';

/** Marks frames by a symbol rather than by `_tag`, so that no payload is mistaken for a frame. */
const frameMark: unique symbol = Symbol.for('rxsse.frame');

/** The key under which a frame says whether a parser read it; the symbol is the same in all copies of this package. */
const receivedMark: unique symbol = Symbol.for('rxsse.received');

/**
 * A block with data, which a browser dispatches to a listener. Created by {@link message}, or by a parser.
 *
 * @example Read its fields
 * const { id, data } = message({ id: '7', data: [1, 2] }); // '7' and '[1,2]'
 *
 * @category wire
 */
export class Message {
  readonly _tag = 'Message';
  /** The reader's position from here on. `''` clears it, `undefined` leaves it unchanged. */
  readonly id: string | undefined;
  /** The event's name; `undefined` for the one that EventSource calls `message`. */
  readonly event: string | undefined;
  /** The wait of the reader before it reconnects, in milliseconds. A parser reports it as a {@link Retry} instead. */
  readonly retry: number | undefined;
  /** The text, as a reader gets it: its lines are separated by LF alone. */
  readonly data: string;
  /** A private field, so that a received message is equal to one that was made. */
  readonly #isReceived: boolean;

  /** @param isReceived true for a message that a parser read */
  constructor(
    id: string | undefined,
    event: string | undefined,
    retry: number | undefined,
    data: string,
    isReceived = false,
  ) {
    this.id = id;
    this.event = event;
    this.retry = retry;
    this.data = data;
    this.#isReceived = isReceived;
  }

  get [frameMark](): true {
    return true;
  }

  get [receivedMark](): boolean {
    return this.#isReceived;
  }
}

/**
 * A line that readers ignore, and that keeps a quiet connection open. Created by {@link comment}.
 *
 * @example Read its text
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

  get [frameMark](): true {
    return true;
  }
}

/**
 * The wait of a reader before it reconnects. Created by {@link retry}.
 *
 * @example Read the milliseconds
 * const { ms } = retry(30_000);
 *
 * @category wire
 */
export class Retry {
  readonly _tag = 'Retry';
  /** Milliseconds. */
  readonly ms: number;
  readonly #isReceived: boolean;

  /** @param isReceived true for a wait that a parser read */
  constructor(ms: number, isReceived = false) {
    this.ms = ms;
    this.#isReceived = isReceived;
  }

  get [frameMark](): true {
    return true;
  }

  get [receivedMark](): boolean {
    return this.#isReceived;
  }
}

/**
 * One block of `text/event-stream`; `_tag` distinguishes the three kinds. Every frame can be sent: what cannot is
 * rejected when it is created.
 *
 * @category wire
 */
export type Frame = Message | Comment | Retry;

/** The fields of a message beside its data. @category wire */
export interface MessageFields<N extends string = string> {
  /** The position that a reader resumes from. `''` clears it. @default the reader's position is unchanged */
  readonly id?: string;
  /** The name under which a listener gets it. @default none, which EventSource calls `message` */
  readonly event?: CheckedName<N>;
  /** The wait before a reader reconnects, in milliseconds, from 0 to 2147483647. @default unchanged */
  readonly retry?: number;
}

/** A value that is sent as JSON, or text that is sent as it is; one of the two. @category wire */
export type MessageContent =
  | { readonly data: unknown; readonly text?: never }
  | { readonly text: string; readonly data?: never };

/**
 * Creates a message, for a stream that does not consist of typed events.
 *
 * `data` is sent as JSON. `text` is sent as it is: CR, LF and CRLF each start a new `data:` line, and a reader gets all
 * three as LF; half of a surrogate pair becomes U+FFFD, as in every UTF-8 encoder.
 *
 * @example Send a value under a name, with the position after it
 * const frame = message({ id: '7', event: 'price', data: { symbol: 'ABC', cents: 1250 } });
 *
 * @throws TypeError for CR, LF, NUL or half of a surrogate pair in `id` or `event`, for a reserved or an empty name,
 * and for data that JSON cannot represent.
 * @throws RangeError for a `retry` that is not a whole number in range, and for an `id` of more than 4096 bytes, which a
 * reader could not send back.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @category wire
 */
export function message<const N extends string = string>(fields: MessageFields<N> & MessageContent): Message {
  const { id, event, retry: wait, data, text } = fields;
  if (id !== undefined) checkId('message: id', id);
  if (event !== undefined) checkEventName('message: event', event);
  if (wait !== undefined) checkRetry('message: retry', wait);
  if (text === undefined) return new Message(id, event, wait, jsonText('message: data', data));
  if (data !== undefined) throw new TypeError('message: got both data and text; leave one out');
  if (typeof text !== 'string') {
    throw new TypeError(
      `message: text must be a string, got ${kindOf(text)}; use data for a value that is sent as JSON`,
    );
  }
  return new Message(id, event, wait, text.toWellFormed().replace(/\r\n?/g, '\n'));
}

/**
 * Creates a comment. Readers ignore it; it keeps a quiet connection open.
 *
 * @example Create a heartbeat
 * const heartbeat = comment();
 *
 * @throws TypeError when the text is not one line.
 * @category wire
 */
export function comment(text = ''): Comment {
  checkLine('comment: text', text);
  return new Comment(text);
}

/**
 * Creates a frame that makes the reader wait this many milliseconds before it reconnects.
 *
 * @example Ask for half a minute
 * const later = retry(30_000);
 *
 * @throws RangeError when it is not a whole number from 0 to 2147483647, the longest delay of a timer.
 * @category wire
 */
export function retry(ms: number): Retry {
  checkRetry('retry: ms', ms);
  return new Retry(ms);
}

/**
 * Returns true for a frame of this library, and false for any other value, also for one that only looks like a frame.
 *
 * @example A payload is not a frame, whatever its fields are called
 * isFrame({ _tag: 'Comment', text: '' }); // false
 *
 * @category wire
 */
export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && (value as { [frameMark]?: unknown })[frameMark] === true;
}

/**
 * Returns true for a frame that a parser read, and false for one that the program made. The id, the name and the wait of
 * a received frame are another server's, so that a route does not send them as its own.
 *
 * @internal
 */
export function isReceived(frame: Frame): boolean {
  return (frame as { [receivedMark]?: unknown })[receivedMark] === true;
}
