import type { NodeResponse } from '../adapter/node/NodeResponse.ts';
import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';
import type { Next, SseRequest } from '../sink/SseRequest.ts';
import { clock } from '../time/clock.ts';
import { type MarbleTime, millisecondsOf } from './MarbleTime.ts';
import { socketScript } from './socketScript.ts';
import { TestReader } from './TestReader.ts';
import { callSite } from './testFailure.ts';
import type { VirtualScheduler } from './VirtualScheduler.ts';

/** A handler of `sse`, or any handler of that form. */
export type RouteHandler<R extends SseRequest> = (request: R, response: NodeResponse, next?: Next) => unknown;

/** The request of a reader, and the script of its socket. @category testing */
export interface ReaderOptions {
  /**
   * The script of the socket, by the time of the run: `F` it is full from here on, `D` it drained, `X` the client
   * disconnects, `L` likewise and the last write is lost in transit, `#` it breaks.
   *
   * @default nothing: the socket is fast and the client stays connected
   */
  readonly socket?: string;
  /** When the reader connects, by the time of the run. @default at once */
  readonly at?: MarbleTime;
  /** @default 'GET' */
  readonly method?: string;
  /** The path and the query, as in the request line. @default '/' */
  readonly url?: string;
  /** Headers beside `accept: text/event-stream`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The query as Express parses it. @default absent, as on a plain server: the route parses that of `url` */
  readonly query?: unknown;
  /** The parameters as Express parses them. @default absent */
  readonly params?: unknown;
  /** The body as a middleware parses it; its type is JSON, unless `headers` has another. @default absent */
  readonly body?: unknown;
  /** The position at which the reader lost its connection. @default none: it connects for the first time */
  readonly lastEventId?: string;
  /** Further fields of the request, such as those of a middleware. @default nothing */
  readonly request?: Readonly<Record<string, unknown>>;
  /** `false` calls the route without `next`, as a plain server does. @default true */
  readonly next?: boolean;
}

/** The run of the readers. */
export interface ReaderRun {
  readonly scheduler: VirtualScheduler;
  /** Fails the test when the run has ended. */
  readonly mistake: (message: string) => void;
}

/** The options that a reader over several connections sets for each of them. */
interface Connecting {
  /** The call site of the reader. */
  readonly site: string | undefined;
  readonly chunk: number;
  /** Called before the route is. */
  readonly onCreate: (reader: TestReader) => void;
  readonly onChange: (reader: TestReader) => void;
}

/** The kinds of the options of a reader. */
export const readerKinds: OptionKinds<ReaderOptions> = {
  socket: 'string',
  at: '',
  method: 'string',
  url: 'string',
  headers: 'object',
  query: '',
  params: '',
  body: '',
  lastEventId: 'string',
  request: 'object',
  next: 'boolean',
};

const alone: Omit<Connecting, 'site'> = { chunk: Infinity, onCreate: () => {}, onChange: () => {} };

/** Connects a reader to a route. */
export function connectReader<R extends SseRequest>(
  { scheduler, mistake }: ReaderRun,
  route: RouteHandler<R>,
  options: ReaderOptions,
  connecting?: Connecting,
): TestReader {
  checkOptions('reader', options, readerKinds);
  const { site, chunk, onCreate, onChange } = connecting ?? { ...alone, site: callSite() };
  const now = scheduler.frame;
  const start = options.at === undefined ? now : millisecondsOf(options.at, 'reader: at');
  if (start < now) throw new RangeError(`reader: at must be later than the current time of the run, ${now} ms`);
  // A route that needs more of its request than every server provides gets it from the test.
  const request = requestOf(options) as SseRequest as R;
  const steps = socketScript(options.socket ?? '', 'reader: socket');

  const reader = new TestReader({
    method: options.method ?? 'GET',
    lastEventId: options.lastEventId ?? '',
    chunk,
    onChange,
    now: () => scheduler.frame,
    later: clock.turn,
    onMistake: (what) => mistake(site === undefined ? what : `${what}; the reader is from ${site}`),
  });

  onCreate(reader);
  const callNow = () => callRoute(route, request, reader, options.next ?? true);
  // A server gets a request before it can be notified that the connection is closed.
  if (connecting !== undefined) callNow();
  else scheduler.schedule(callNow, start - now);
  for (const { at, apply } of steps) {
    if (at < start) throw new RangeError(`reader: socket has a step at ${at} ms, before it connects at ${start} ms`);
    scheduler.schedule(() => apply(reader), at - now);
  }
  return reader;
}

function callRoute<R extends SseRequest>(
  route: RouteHandler<R>,
  request: R,
  reader: TestReader,
  withNext: boolean,
): void {
  if (!withNext) {
    route(request, reader.response);
    return;
  }
  try {
    route(request, reader.response, reader.next);
  } catch (error) {
    // As Express does with an error that a handler throws.
    reader.next(error);
  }
}

function requestOf(options: ReaderOptions): SseRequest {
  const { method = 'GET', url = '/', headers = {}, lastEventId } = options;
  const sent: Record<string, string> = { accept: 'text/event-stream' };
  if (options.body !== undefined) sent['content-type'] = 'application/json';
  if (lastEventId !== undefined) sent['last-event-id'] = lastEventId;
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
  const request = { method, url, headers: sent };
  const parsed = (['query', 'params', 'body'] as const).filter((part) => part in options);
  return Object.assign(request, options.request, Object.fromEntries(parsed.map((part) => [part, options[part]])));
}
