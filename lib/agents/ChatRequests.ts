import { ConnectionError } from '../error/ConnectionError.ts';
import { hasTag } from '../error/RxsseError.ts';
import type {
  ChatTransportRequest,
  ResumingChatTransportOptions,
  SendMessagesRequest,
} from './ResumingChatTransportOptions.ts';

/** Sends the requests of a transport, with the headers of the program, then those of the chat, then their own. */
export class ChatRequests {
  /** The URL of the routes. */
  readonly api: string;
  readonly #options: ResumingChatTransportOptions;

  constructor(options: ResumingChatTransportOptions) {
    this.api = options.api ?? '/api/chat';
    this.#options = options;
  }

  /** Sends the messages of a chat. */
  post(request: SendMessagesRequest): Promise<Response> {
    const { chatId: id, messages, trigger, messageId } = request;
    const body = JSON.stringify({ ...request.body, id, messages, trigger, messageId });
    return this.#send(this.api, request, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }

  /** Requests the active answer of a chat, or the answer of a cursor among the headers. */
  get(request: ChatTransportRequest, init: RequestInit = {}): Promise<Response> {
    return this.#send(this.urlOf(request), request, init);
  }

  /** Stops the active answer of a chat. */
  delete(request: ChatTransportRequest): Promise<Response> {
    return this.#send(this.urlOf(request), request, { method: 'DELETE' });
  }

  /** Returns the URL of the active answer of a chat. */
  urlOf({ chatId }: ChatTransportRequest): string {
    const [, path = '', query = ''] = /^([^?#]*)(.*)$/.exec(this.api) ?? [];
    return `${path.replace(/\/$/, '')}/${encodeURIComponent(chatId)}/stream${query}`;
  }

  async #send(url: string, request: ChatTransportRequest, init: RequestInit): Promise<Response> {
    const { fetch = globalThis.fetch, credentials = 'same-origin', headers: own } = this.#options;
    const headers = new Headers(typeof own === 'function' ? await own() : own);
    for (const more of [request.headers, init.headers]) {
      new Headers(more).forEach((value, name) => {
        headers.set(name, value);
      });
    }
    return fetch(url, { signal: request.abortSignal ?? null, ...init, headers, credentials });
  }
}

/** Resolves to a response with a status of success. @throws Error with the text of another response. */
export async function checked(request: Response | Promise<Response>): Promise<Response> {
  const response = await request;
  if (response.ok) return response;
  throw new Error((await response.text()) || `the chat answered with the status ${response.status}`);
}

/** Throws an error again; a 404 with what it means here: the server has lost the answer, as memory does in a restart. */
export function rejectLost(cause: unknown): never {
  if (!hasTag<ConnectionError>(cause, 'ConnectionError') || cause.status !== 404) throw cause;
  const { status, headers, problem } = cause;
  const message = 'the answer is no longer stored by the server; send the message again';
  throw new ConnectionError('status', message, { status, headers, problem, cause });
}
