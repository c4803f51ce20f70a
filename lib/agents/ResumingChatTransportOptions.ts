import type { ReconnectOptions } from '../client/Backoff.ts';
import type { FetchLike, HeadersLike } from '../client/FromSseOptions.ts';
import type { ChatStorage } from './ReceivedAnswer.ts';

/** How the routes of chats are reached. @category agents */
export interface ResumingChatTransportOptions {
  /** The URL of `chatRoutes`. @default '/api/chat' */
  readonly api?: string;
  /** Headers of each request, or a function that returns them for each, also for those that resume. @default none */
  readonly headers?: HeadersLike | (() => HeadersLike | PromiseLike<HeadersLike>);
  /** Whether cookies are sent, as in `fetch`. @default 'same-origin' */
  readonly credentials?: RequestInit['credentials'];
  /** Makes the requests in place of the global `fetch`. @default fetch */
  readonly fetch?: FetchLike;
  /** When the transport connects again after a lost connection. @default without end */
  readonly backoff?: ReconnectOptions;
  /**
   * Stores what a page has received of an answer, such as `sessionStorage`, so that after a reload it requests the rest only,
   * also of an answer that has ended meanwhile. It is removed when the answer is complete, and by the next message.
   *
   * @default none: after a reload the answer is requested from its start, and one that has ended is not
   */
  readonly storage?: ChatStorage;
}

/** A request of a chat of the AI SDK. @category agents */
export interface ChatTransportRequest {
  readonly chatId: string;
  readonly abortSignal?: AbortSignal | undefined;
  readonly headers?: HeadersLike;
  readonly body?: object | undefined;
}

/** The messages of a chat of the AI SDK. @category agents */
export interface SendMessagesRequest extends ChatTransportRequest {
  readonly messages: readonly unknown[];
  readonly trigger?: string;
  readonly messageId?: string | undefined;
}
