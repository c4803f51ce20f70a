import { RxsseError } from './RxsseError.ts';

/**
 * What came over the wire has a line, or an event, larger than the parser may hold.
 *
 * The stream cannot be read on from there; connecting again is of use only with
 * a larger bound or another server.
 *
 * @example Tell it from a broken connection
 * const tellWhy = (error: unknown) => (error instanceof FrameSizeError ? `too large a ${error.part}` : 'try again');
 *
 * @category error
 */
export class FrameSizeError extends RxsseError {
  readonly _tag = 'FrameSizeError';
  /** What was too large: one line, or all data of one event. */
  readonly part: 'line' | 'event';
  /** The bound that it went over, in bytes. */
  readonly limit: number;

  constructor(part: 'line' | 'event', limit: number) {
    const option = part === 'line' ? 'maxLineBytes' : 'maxEventBytes';
    super(
      `got a larger ${part} than the ${limit} bytes that a parser may hold: raise ${option} if the server is trusted`,
    );
    this.part = part;
    this.limit = limit;
  }
}
