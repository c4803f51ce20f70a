import { readSse } from '../client/readSse.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { contractOfJson } from '../event/events.ts';
import { ChatRequests, checked, rejectLost } from './ChatRequests.ts';
import { ReceivedAnswer } from './ReceivedAnswer.ts';
import type {
  ChatTransportRequest,
  ResumingChatTransportOptions,
  SendMessagesRequest,
} from './ResumingChatTransportOptions.ts';

/** The chunks of an answer, which the AI SDK checks itself. */
const Chunks = contractOfJson('message');

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
  readonly #requests: ChatRequests;

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
    this.#requests = new ChatRequests(options);
  }

  /** Sends the messages of a chat, and returns the chunks of the answer. */
  async sendMessages(request: SendMessagesRequest): Promise<ReadableStream<Chunk>> {
    const received = this.#receivedOf(request);
    received.clear();
    return this.#follow(request, await checked(this.#requests.post(request)), received);
  }

  /** Returns the chunks of the active answer of a chat from its start; `null` where none is active. */
  async reconnectToStream(request: ChatTransportRequest): Promise<ReadableStream<Chunk> | null> {
    const received = this.#receivedOf(request);
    const stored = received.load();
    const response = await this.#requests.get(request, stored && { headers: { 'last-event-id': stored.cursor } });
    if (stored !== undefined && response.status === 404) {
      // The server has that answer no more.
      received.clear();
      return this.reconnectToStream(request);
    }
    return (await checked(response)).status === 204 ? null : this.#follow(request, response, received, stored);
  }

  /** Stops the active answer of a chat, also for its other readers. Resolves to whether there was one. */
  async stop(chatId: string): Promise<boolean> {
    const response = await this.#requests.delete({ chatId });
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
    let first: Response | undefined = response;
    const chunks = readSse(new Request(this.#requests.urlOf(request), { signal }), Chunks, {
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
        return open ?? this.#requests.get(request, { headers: headers as Headers, signal: signal ?? null });
      },
    })[Symbol.asyncIterator]();
    return new ReadableStream({
      start: (controller) => {
        for (const chunk of stored?.chunks ?? []) controller.enqueue(chunk as Chunk);
      },
      pull: async (controller) => {
        const { done, value } = await chunks.next().catch(rejectLost);
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

  #receivedOf({ chatId }: ChatTransportRequest): ReceivedAnswer {
    return new ReceivedAnswer(this.#options.storage, `rxsse.chat ${this.#requests.api} ${chatId}`);
  }
}
