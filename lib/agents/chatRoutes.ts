import { type AnyServerHandler, onAnyServer, StatusAnswer } from '../adapter/onAnyServer.ts';
import type { AnyHandler } from '../sink/handler.ts';
import { mountedOn } from '../sink/handler.ts';
import type { Stream } from '../sink/SseOptions.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { serve } from '../sink/serve.ts';
import { message } from '../wire/Frame.ts';
import { AnswerSignal } from './AnswerSignal.ts';
import { type AgentContext, agentRoute, invalidBody } from './agentRoute.ts';
import type { ChatRequest, ChatRoutesOptions } from './ChatRoutesOptions.ts';
import { chatIn, chatPaths } from './chatIn.ts';
import { feedOfRun, NamedRuns } from './NamedRuns.ts';

/** The routes of chats in one handler. @category agents */
export type ChatRoutes<R> = AnyServerHandler<R> & AnyHandler;

/** The longest id of a chat, in characters of a URL: a stored log has a short name, and the names of logs in memory are retained. */
const maxIdLength = 256;

const chatProtocol = {
  noun: 'answer',
  methods: ['GET', 'POST', 'DELETE'],
  paths: chatPaths,
  headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
  end: message({ text: '[DONE]' }),
  errorOf: (errorText: string) => message({ data: { type: 'error', errorText } }),
} as const;

/**
 * Serves the chats of the AI SDK: `useChat` with its `DefaultChatTransport`, or with a {@link ResumingChatTransport}. An
 * answer continues when its reader reloads the page or loses the connection, and ends by a request of its own.
 *
 * - `POST` calls `answer` and sends its stream. Each starts an answer; the newest is the active one.
 * - `GET …/:id/stream` sends the active answer of the chat from its start, or an answer after `Last-Event-ID`. It is
 *   204 where none is active, and 404 where that answer is not stored.
 * - `DELETE …/:id/stream` stops the active answer: 204, or 404 where the chat has none.
 * - Other requests are left to the next handler.
 *
 * An error of the stream becomes the `error` of the protocol, and so does the end of the process that produces it. What
 * `answer` throws is an HTTP error. The body needs no parser before the handler.
 *
 * @example On Express
 * import { convertToModelMessages, streamText, type UIMessage } from 'ai';
 *
 * const chats = chatRoutes({}, async ({ messages, signal }: ChatRequest<UIMessage, SseRequest>) =>
 *   streamText({
 *     model: 'openai/gpt-5',
 *     messages: await convertToModelMessages(messages),
 *     abortSignal: signal,
 *   }).toUIMessageStream(),
 * );
 * app.use('/api/chat', chats);
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 * @category agents
 */
export function chatRoutes<Message = never, R = SseRequest>(
  options: ChatRoutesOptions<R>,
  answer: (request: ChatRequest<Message, R>) => Stream<unknown> | PromiseLike<Stream<unknown>>,
): ChatRoutes<R> {
  const { route, runs, maxBodyBytes, onError, framesOf } = agentRoute('chatRoutes', options, chatProtocol, serveChat);
  const chats = new NamedRuns(runs, options.log);

  async function serveChat({
    request,
    body,
    params,
    state: owner,
    lastEventId,
    signal,
  }: AgentContext): Promise<unknown> {
    const abort = new AnswerSignal();
    const parts = { owner, abort, onError };
    const nameOf = (id: string): string => ['chat', String(owner ?? ''), id].map(encodeURIComponent).join('/');
    const { method, id } = params as { readonly method: string; readonly id: string };
    if (method === 'POST') {
      const chat = readChat<Message>(body);
      const name = nameOf(chat.id);
      runs.checkRoomFor(owner);
      const chunks = await answer({ ...chat, request: request as R, signal: abort.signal });
      const stream = abort.endingWith(framesOf(chunks, (data) => message({ data })));
      const run = await chats.start(name, { ...parts, stream });
      if (signal.aborted) chats.leave(run);
      return feedOfRun(run);
    }
    const name = nameOf(id);
    if (method === 'DELETE') throw new StatusAnswer((await chats.stop(name, parts)) ? 204 : 404);
    // The answer of this cursor is not stored, since the route would have found it.
    if (lastEventId !== undefined) throw new StatusAnswer(404);
    const run = await chats.active(name, parts);
    if (run === undefined) throw new StatusAnswer(204);
    return feedOfRun(run);
  }

  const routes = onAnyServer<R>(maxBodyBytes, ({ parts, userRequest, transport, next, readBody }) => {
    const { method, url, headers } = parts;
    const id = chatIn(url);
    const start = (part: object): void =>
      serve(route, { ...parts, params: { method, id }, ...part }, transport, next, userRequest);
    if (method === 'POST' && id === undefined) readBody((body) => start({ body }));
    else if (method === 'GET' && id !== undefined) start({});
    // Without its cursor: what is stopped is the active answer.
    else if (method === 'DELETE' && id !== undefined) start({ url: '/', headers: withoutCursor(headers) });
    else next();
  });
  return mountedOn(route, routes);
}

function withoutCursor({ 'last-event-id': _, ...headers }: SseRequest['headers']): SseRequest['headers'] {
  return headers;
}

/** Returns the parts of a body that the AI SDK sends. @throws DecodeError with the `status` 422 for another body. */
function readChat<Message>(body: unknown): Pick<ChatRequest<Message, unknown>, 'id' | 'messages' | 'body'> {
  const { id, messages } = (body ?? {}) as { readonly id?: unknown; readonly messages?: unknown };
  if (isChatId(id) && Array.isArray(messages)) {
    return { id, messages, body: body as Readonly<Record<string, unknown>> };
  }
  throw invalidBody(
    body,
    `{ id: string, messages: array }, as the AI SDK sends it, and an id of at most ${maxIdLength} characters in a URL`,
  );
}

/** Returns true for an id that a path and the name of a log can have: a URL has no segments `.` and `..`. */
function isChatId(id: unknown): id is string {
  if (typeof id !== 'string' || /^\.{0,2}$|\p{Surrogate}/u.test(id)) return false;
  return encodeURIComponent(id).length <= maxIdLength;
}
