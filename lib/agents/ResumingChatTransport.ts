import type { ReconnectOptions } from '../client/Backoff.ts';
import type { FetchLike, HeadersLike } from '../client/FromSseOptions.ts';
import { readSse } from '../client/readSse.ts';
import { Json } from '../codec/Json.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { events } from '../event/events.ts';
import { type ChatStorage, ReceivedAnswer } from './ReceivedAnswer.ts';

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

const Chunks = events({ message: Json });

/**
 * A `ChatTransport` of the AI SDK that resumes an answer in its middle. After a lost connection it requests what follows
 * the last chunk that it received, and the chat notices a delay; `DefaultChatTransport` fails, and gets the whole answer again
 * from `resumeStream`.
 *
 * A page that was reloaded has nothing of the answer: `useChat({ resume: true })` gets it from its start or, with the option
 * `storage`, what the page had from there and the rest from the server.
 *
 * - A refused request rejects, and a stream errors with a `ConnectionError` when the answer is not stored any more. So it does
 *   for a connection that is lost before the first position, since there may be no answer; `resumeStream` finds out.
 * - Aborting the signal disconnects, and so does cancelling the stream. The answer continues; `stop` ends it.
 *
 * @example A chat in React
 * import { useChat } from '@ai-sdk/react';
 *
 * const transport = new ResumingChatTransport({ api: '/api/chat' });
 * export const Chat = () => {
 *   const { messages } = useChat({ id: 'a7', transport, resume: true });
 *   const onStop = () => transport.stop('a7');
 *   return [messages, onStop];
 * };
 *
 * @throws TypeError from the constructor, for an option of a wrong type.
 * @category agents
 */
export class ResumingChatTransport<Chunk = never> {
  /** `reconnectToStream` returns the answer from its start. */
  readonly resumeStreamIsReplay = true;
  readonly #options: ResumingChatTransportOptions;
  readonly #api: string;

  constructor(options: ResumingChatTransportOptions = {}) {
    checkOptions('ResumingChatTransport', options, {
      api: 'string',
      headers: 'object or function',
      credentials: 'string',
      fetch: 'function',
      backoff: 'object',
      storage: 'object',
    });
    this.#options = options;
    this.#api = options.api ?? '/api/chat';
  }

  /** Sends the messages of a chat, and returns the chunks of the answer. */
  async sendMessages(request: SendMessagesRequest): Promise<ReadableStream<Chunk>> {
    const { chatId: id, messages, trigger, messageId } = request;
    const body = JSON.stringify({ ...request.body, id, messages, trigger, messageId });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const received = this.#receivedOf(id);
    received.clear();
    return this.#follow(request, await checked(this.#fetch(this.#api, request, init)), received);
  }

  /** Returns the chunks of the active answer of a chat from its start; `null` where none is active. */
  async reconnectToStream(request: ChatTransportRequest): Promise<ReadableStream<Chunk> | null> {
    const received = this.#receivedOf(request.chatId);
    const stored = received.load();
    const headers = stored && { 'last-event-id': stored.cursor };
    const response = await this.#fetch(this.#urlOf(request.chatId), request, headers && { headers });
    if (stored !== undefined && response.status === 404) {
      // The server has that answer no more.
      received.clear();
      return this.reconnectToStream(request);
    }
    return (await checked(response)).status === 204 ? null : this.#follow(request, response, received, stored);
  }

  /** Stops the active answer of a chat, also for its other readers. Resolves to whether there was one. */
  async stop(chatId: string): Promise<boolean> {
    const response = await this.#fetch(this.#urlOf(chatId), { chatId }, { method: 'DELETE' });
    return response.status !== 404 && checked(response).then(() => true);
  }

  /** Reads a response after what is stored, and then what follows it on further connections, at the pace of the reader. */
  #follow(
    request: ChatTransportRequest,
    response: Response,
    received: ReceivedAnswer,
    stored?: ReturnType<ReceivedAnswer['load']>,
  ): ReadableStream<Chunk> {
    const { abortSignal: signal = null } = request;
    const { backoff } = this.#options;
    const url = this.#urlOf(request.chatId);
    let first: Response | undefined = response;
    const chunks = readSse(new Request(url, { signal }), Chunks, {
      // As that of the first response, which may not be repeated: nothing is repeated before there is a position.
      method: 'POST',
      endMarker: '[DONE]',
      invalidEvents: 'error',
      withId: true,
      lastEventId: stored?.cursor,
      ...(backoff && { backoff }),
      fetch: async (_, { headers, signal }) => {
        const open = first;
        first = undefined;
        return open ?? this.#fetch(url, request, { headers: headers as Headers, signal: signal ?? null });
      },
    })[Symbol.asyncIterator]();
    return new ReadableStream({
      start: (controller) => {
        for (const chunk of stored?.chunks ?? []) controller.enqueue(chunk as Chunk);
      },
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done) {
          received.clear();
          return controller.close();
        }
        received.add(value.id, value.event.data as object as Readonly<Record<string, unknown>>);
        controller.enqueue(value.event.data as Chunk);
      },
      cancel: async () => void (await chunks.return?.()),
    });
  }

  #receivedOf(chatId: string): ReceivedAnswer {
    return new ReceivedAnswer(this.#options.storage, `rxsse.chat ${this.#api} ${chatId}`);
  }

  async #fetch(url: string, request: ChatTransportRequest, init: RequestInit = {}): Promise<Response> {
    const { fetch = globalThis.fetch, credentials = 'same-origin', headers: own } = this.#options;
    const all = new Headers(typeof own === 'function' ? await own() : own);
    for (const more of [request.headers, init.headers]) {
      new Headers(more).forEach((value, name) => {
        all.set(name, value);
      });
    }
    return fetch(url, { signal: request.abortSignal ?? null, ...init, headers: all, credentials });
  }

  #urlOf(chatId: string): string {
    const [, path = '', query = ''] = /^([^?#]*)(.*)$/.exec(this.#api) ?? [];
    return `${path.replace(/\/$/, '')}/${encodeURIComponent(chatId)}/stream${query}`;
  }
}

/** Resolves to a response with a status of success. @throws Error with the text of another response. */
async function checked(request: Response | Promise<Response>): Promise<Response> {
  const response = await request;
  if (response.ok) return response;
  throw new Error((await response.text()) || `the chat answered with the status ${response.status}`);
}
