import type { Gap } from '../event/Gap.ts';
import type { FeedErrorMessage, FeedPublishMessage } from '../feed/feedChannels.ts';
import type { CloseReason, CloseStats, RefusalReason } from './RouteStats.ts';

/** The names of a connection in messages. @category sink */
export interface ConnectionMessage {
  /** The number of the request in this process, the same in all messages about it. */
  readonly connection: number;
  /** The method and the path: `GET /orders/:id`, with the pattern where the framework names it, and without the query. */
  readonly route: string;
}

/** The response starts: before its first byte is written. @category sink */
export interface ConnectionOpenMessage extends ConnectionMessage {
  /** The id that the reader sent; `undefined` where it sent none. It is input from outside. */
  readonly lastEventId: string | undefined;
}

/** The reader gets a gap, at the start or in mid-stream. @category sink */
export interface ConnectionGapMessage extends ConnectionMessage, Readonly<Gap['data']> {}

/** The stream has failed after the first byte: the error that `onError` gets. @category sink */
export interface ConnectionErrorMessage extends ConnectionMessage {
  readonly error: unknown;
}

/** A connection that was opened is closed. @category sink */
export interface ConnectionCloseMessage extends ConnectionMessage, CloseStats {
  readonly reason: CloseReason;
}

/** A request is answered with something other than the stream, or passed to `next` with an error. @category sink */
export interface ConnectionRefuseMessage extends ConnectionMessage {
  readonly reason: RefusalReason;
  /** The error, where the reason is `error`; `undefined` otherwise. */
  readonly error: unknown;
}

/**
 * The messages that routes and feeds publish on `node:diagnostics_channel`, by the name of their channel.
 *
 * No message has the data of an event, a query, a header or a body. An `error` is the error itself, which may hold such
 * data: `actual` of a `DecodeError` for example.
 *
 * @example The type of one message
 * const onClose = ({ route, reason, duration }: DiagnosticsMessages['rxsse:connection:close']) =>
 *   console.log(`${route} was ${reason} after ${duration} ms`);
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 * @category sink
 */
export interface DiagnosticsMessages {
  readonly 'rxsse:connection:open': ConnectionOpenMessage;
  readonly 'rxsse:connection:gap': ConnectionGapMessage;
  readonly 'rxsse:connection:error': ConnectionErrorMessage;
  readonly 'rxsse:connection:close': ConnectionCloseMessage;
  readonly 'rxsse:connection:refuse': ConnectionRefuseMessage;
  readonly 'rxsse:feed:publish': FeedPublishMessage;
  readonly 'rxsse:feed:error': FeedErrorMessage;
}
