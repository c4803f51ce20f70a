import type { AllowedOrigins } from '../sink/requestInputs.ts';
import type { LogByName } from './NamedLogs.ts';

/** The request for one answer. @category agents */
export interface ChatRequest<Message, R> {
  /** The id of the chat, which the client chooses: 1 to 256 characters in a URL; the response to another one is 422. */
  readonly id: string;
  readonly messages: Message[];
  /** The whole body, with what the client adds to it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The request as the server made it. */
  readonly request: R;
  /** Aborted when the answer is stopped, and when it has been without a reader for `linger`; not after it has ended by itself. */
  readonly signal: AbortSignal;
}

/** Where the answers of chats are stored, and for whom. @category agents */
export interface ChatRoutesOptions<R> {
  /**
   * Returns whose chats a request may start, resume and stop, such as the id of a user, or a promise of it. An error is
   * answered with its `status`, as in `sse`.
   *
   * @default all who know the id of a chat
   */
  readonly owner?: (request: R) => string | number | undefined | PromiseLike<string | number | undefined>;
  /**
   * Opens the log of an answer, by an id, and that of a chat, by the id of the chat. With an `lmdbLog`, a `redisLog` or a
   * `postgresLog`, any process resumes and stops an answer.
   *
   * @default memory, 1 MiB for each answer
   */
  readonly log?: LogByName;
  /**
   * How long an answer continues without a reader, in milliseconds; 0 stops it when its reader disconnects. In a log that
   * processes share, it runs to its end.
   *
   * @default 30000
   */
  readonly linger?: number;
  /** The largest body of a request, in bytes. 1 or more. @default 1048576, 1 MiB */
  readonly maxBodyBytes?: number;
  /** The origins whose pages may send requests; `'*'` for all. @default '*' */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Returns the text that the reader gets for an error of the stream. It is also called, without an effect of its text, when
   * the log fails, and for an answer whose process has ended.
   *
   * @default the error is reported, and the text is 'An error occurred.'
   */
  readonly onError?: (error: unknown) => string;
}
