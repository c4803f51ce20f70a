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
export type LimitKind = 'event-size' | 'frame-size' | 'line-size' | 'operator-queue' | 'reader-queue';

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

  constructor(kind: LimitKind, limit: number, subject?: string) {
    super(messages[kind](limit, subject));
    this.kind = kind;
    this.limit = limit;
    this.subject = subject;
  }
}

const messages: Readonly<Record<LimitKind, (limit: number, subject?: string) => string>> = {
  'event-size': (limit, event = 'an event without a name') =>
    `${event}: its data is larger than ${limit} bytes; ` +
    'split it, send a link to it, or raise maxEventBytes here and at the readers',
  'frame-size': (limit) => `received an event larger than ${limit} bytes; raise maxEventBytes if the server is trusted`,
  'line-size': (limit) => `received a line larger than ${limit} bytes; raise maxLineBytes if the server is trusted`,
  'operator-queue': (limit, operator) =>
    `${operator}: more than ${limit} values wait; raise maxQueued, slow the source down, ` +
    'or put conflateBy before it to keep only the newest value of each key',
  'reader-queue': (limit, option) =>
    `the reader is slower than the stream: what waits for it exceeds ${option}, ${limit}; ` +
    'raise it, choose another overflow, or mount a feed, whose readers need no queue',
};
