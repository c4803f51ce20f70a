import { isRight } from 'fp-ts/lib/Either.js';
import { type AnyServerHandler, onAnyServer, StatusAnswer } from '../adapter/onAnyServer.ts';
import { isObject } from '../codec/exact/record.ts';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import { Connection } from '../sink/Connection.ts';
import { type AnyHandler, mountedOn } from '../sink/handler.ts';
import { refuseOrigin, replyJson } from '../sink/refuse.ts';
import { isAllowedOrigin } from '../sink/requestInputs.ts';
import type { Stream } from '../sink/SseOptions.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { serve } from '../sink/serve.ts';
import { stopper } from '../sink/stopper.ts';
import { message } from '../wire/Frame.ts';
import { AnswerSignal } from './AnswerSignal.ts';
import { type AgentContext, agentRoute, invalidBody } from './agentRoute.ts';
import type { ChatRoutesOptions } from './ChatRoutesOptions.ts';
import { GraphRuns } from './GraphRuns.ts';
import { graphPaths, matchRun, type RunParams } from './matchRun.ts';

/** One part of the stream of a run, as LangGraph names it: `values`, `messages`, `updates`. @category agents */
export interface GraphPart {
  readonly event: string;
  readonly data: unknown;
}

/** The request for one run. @category agents */
export interface GraphRequest<R> {
  /** The thread of the run; `undefined` for a run without a thread. */
  readonly threadId: string | undefined;
  /** The whole body, with `assistant_id`, `input` and `stream_mode`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The request as the server made it. */
  readonly request: R;
  /** Aborted when the run is cancelled, and when it has been without a reader for `linger`; not after it has ended by itself. */
  readonly signal: AbortSignal;
}

/** The routes of runs in one handler. @category agents */
export type LangGraphRoutes<R> = AnyServerHandler<R> & AnyHandler;

const graphProtocol = {
  noun: 'run',
  methods: ['GET', 'POST'],
  paths: graphPaths,
  end: message({ event: 'end', data: null }),
  errorOf: (text: string) => message({ event: 'error', data: { error: 'Error', message: text } }),
} as const;

/**
 * Serves runs to the SDK of LangGraph: `client.runs.stream`, `joinStream` and `cancel`, `useStream`. The SDK joins a run again
 * when its connection is lost, and gets exactly what it missed; any page and any process joins it by its id.
 *
 * - `POST …/threads/:thread/runs/stream`, or `…/runs/stream`, calls `run` and sends its stream. `Location` and
 *   `Content-Location` name the run by an id that cannot be guessed. 422 for a body that is not an object.
 * - `GET …/runs/:run/stream` sends a run from its start, or after `Last-Event-ID`; 404 where it is not stored.
 * - `GET …/runs/:run` is `{ run_id, thread_id, status }`, which the SDK reads after an end without an end event. The status
 *   is `running`, `success`, `error`, or `interrupted` for a run that was cancelled.
 * - `POST …/runs/:run/cancel` stops a run: 204, or 404.
 * - Other requests are left to the next handler.
 *
 * An error of the stream becomes the event `error` of the protocol, and so does the end of the process that produces it. A
 * run continues when its reader disconnects, whatever `on_disconnect` of the body says. `signal` is aborted when it is
 * cancelled. Assistants, threads and their state are not served.
 *
 * @example A graph
 * declare const graph: { stream(input: unknown, options: object): Promise<AsyncIterable<[string, unknown]>> };
 *
 * const runs = langGraphRoutes({}, async function* ({ body, signal }) {
 *   const parts = await graph.stream(body.input, { streamMode: ['values', 'messages'], signal });
 *   for await (const [event, data] of parts) yield { event, data };
 * });
 * app.use('/langgraph', runs);
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 * @category agents
 */
export function langGraphRoutes<R = SseRequest>(
  options: ChatRoutesOptions<R>,
  run: (request: GraphRequest<R>) => Stream<GraphPart> | PromiseLike<Stream<GraphPart>>,
): LangGraphRoutes<R> {
  /** The ids of the runs that a request has started. */
  const started = new WeakMap<object, string>();
  const pathOf = (context: object, params: unknown): string => {
    const { thread, run = started.get(context) ?? '' } = params as RunParams;
    return `${thread === undefined ? '' : `/threads/${encodeURIComponent(thread)}`}/runs/${encodeURIComponent(run)}`;
  };
  const headers = (context: AgentContext) => {
    const path = pathOf(context, context.params);
    return {
      'Content-Location': path,
      Location: `${path}/stream`,
      'Access-Control-Expose-Headers': 'Content-Location, Location',
    };
  };
  const location = (context: AgentContext, cursor: string): string => {
    const parsed = parseCursor(cursor);
    if (isRight(parsed)) started.set(context, parsed.right.epoch);
    return `${pathOf(context, context.params)}/stream`;
  };
  const { handler, route, runs, maxBodyBytes, onError, ownerOf, framesOf } = agentRoute(
    'langGraphRoutes',
    options,
    { ...graphProtocol, headers, location },
    async ({ request, params, body, signal }): Promise<unknown> => {
      // The run is not stored, since the route would have found it.
      if (request.method === 'GET') throw new StatusAnswer(404);
      if (!isObject(body)) throw invalidBody(body, 'an object, as the SDK of LangGraph sends it');
      const { thread } = params as RunParams;
      const work = new AnswerSignal(signal);
      const parts = await run({ threadId: thread, body: body as never, request: request as R, signal: work.signal });
      return work.endingWith(framesOf(parts, (part) => message(part as GraphPart)));
    },
  );
  const graphRuns = new GraphRuns(runs, options.log, onError);
  const cancel = stopper(handler, graphRuns.cancel);
  const statusOf = async (request: unknown, { thread, run = '' }: RunParams): Promise<object> => {
    const status = await graphRuns.status(run, await ownerOf(request));
    if (status === undefined) throw new StatusAnswer(404);
    return { run_id: run, thread_id: thread ?? null, status };
  };

  const routes = onAnyServer<R>(maxBodyBytes, ({ parts, userRequest, transport, next, readBody }) => {
    const { params, action } = matchRun(parts);
    const atRun = { ...parts, params, url: '/', headers: withPosition(parts.headers, params.run ?? '') };
    if (action === 'start') {
      readBody((body) => serve(route, { ...parts, params, body }, transport, next, userRequest));
    } else if (action === 'stream') serve(route, atRun, transport, next, userRequest);
    else if (action === 'cancel') cancel({ request: atRun, userRequest, transport, next });
    else if (action === 'status') {
      if (!isAllowedOrigin(parts, options.allowedOrigins ?? '*')) return refuseOrigin(new Connection(transport));
      statusOf(userRequest, params).then((found) => replyJson(new Connection(transport), 200, found), next);
    } else next();
  });
  return mountedOn(route, routes);
}

/** Returns headers with the position of the reader in a run: the start where it has none, which the SDK writes as -1. */
function withPosition(headers: SseRequest['headers'], run: string): SseRequest['headers'] {
  const { 'last-event-id': id = '-1' } = headers;
  const cursor = parseCursor(String(id));
  // The end is sent again.
  const position = isRight(cursor) ? cursorOf(cursor.right.epoch, cursor.right.sequence) : id;
  return { ...headers, 'last-event-id': position === '-1' ? cursorOf(run, 0) : position };
}
