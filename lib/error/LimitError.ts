import { RxsseError } from './RxsseError.ts';

/**
 * Which bound was exceeded.
 *
 * `event-size`: the data of an event to be sent (`maxEventBytes`) ·
 * `frame-size`: the data of a received event (`maxEventBytes` of the parser) ·
 * `line-size`: a received line (`maxLineBytes` of the parser) ·
 * `operator-queue`: the values that wait inside an operator (`maxQueued`) ·
 * `reader-queue`: what waits for a reader that is slower than a stream without a log (`queue`).
 *
 * @category error
 */
type LimitKind = 'event-size' | 'frame-size' | 'line-size' | 'operator-queue' | 'reader-queue';

/**
 * Something exceeded one of the library's bounds. `kind` says which one.
 *
 * @example Count the readers that were too slow
 * let slow = 0;
 * const onError = (error: unknown) => void (error instanceof LimitError && error.kind === 'reader-queue' && slow++);
 * app.get('/ticks', sse({ onError }, interval(1)));
 *
 * @category error
 */
export class LimitError extends RxsseError {
  readonly _tag = 'LimitError';
  readonly kind: LimitKind;
  /** The bound that was exceeded, in bytes or, for a queue of values, in values. */
  readonly limit: number;
  /** The event's name, the operator's name, or the option that sets the bound; `undefined` where there is none. */
  readonly subject: string | undefined;

  constructor(kind: LimitKind, message: string, limit: number, subject?: string) {
    super(message);
    this.kind = kind;
    this.limit = limit;
    this.subject = subject;
  }
}

// One function for each message, so that a page which only reads events loads no message of the server.

/** Creates the error for an event whose data is too large to be sent. @internal */
export function eventTooLarge(event: string | undefined, limit: number): LimitError {
  const message =
    `${event ?? 'an event without a name'}: its data is larger than ${limit} bytes; ` +
    'split it, send a link to it, or raise maxEventBytes here and at the readers';
  return new LimitError('event-size', message, limit, event);
}

/** Creates the error for received data that is too large. @internal */
export function receivedTooLarge(kind: 'frame-size' | 'line-size', limit: number): LimitError {
  const [what, option] = kind === 'frame-size' ? ['an event', 'maxEventBytes'] : ['a line', 'maxLineBytes'];
  const message = `received ${what} larger than ${limit} bytes; raise ${option} if the server is trusted`;
  return new LimitError(kind, message, limit);
}

/** Creates the error for an operator with too many waiting values. @internal */
export function operatorQueueFull(operator: string, limit: number): LimitError {
  const message =
    `${operator}: more than ${limit} values wait; raise maxQueued, slow the source down, ` +
    'or put conflateBy before it to keep only the newest value of each key';
  return new LimitError('operator-queue', message, limit, operator);
}

/**
 * Creates the error for a reader that is slower than its stream.
 *
 * @param isBurst true for what the stream emitted while it was subscribed, before the response has started
 * @internal
 */
export function readerQueueFull(option: string, limit: number, isBurst: boolean): LimitError {
  const message = isBurst
    ? `what the stream emitted while it was subscribed exceeds ${option}, ${limit}, before its reader could take any; ` +
      'pass an iterable, such as an array or a generator, which is read at the pace of its reader, or raise it'
    : `the reader is slower than the stream: what waits for it exceeds ${option}, ${limit}; ` +
      'raise it, choose another overflow, pass an iterable, or mount a feed, whose readers need no queue';
  return new LimitError('reader-queue', message, limit, option);
}

/** Creates the error for a run whose log has removed events before its reader could take any. @internal */
export function runLogFull(retained: number): LimitError {
  const message =
    `what the stream emitted while it was subscribed is more than resume.log retains, ${retained} events, before its ` +
    'reader could take any; pass an iterable, such as an array or a generator, which is read in turns, or a larger log';
  return new LimitError('reader-queue', message, retained, 'resume.log');
}
