import type { NodeResponse } from '../adapter/node/NodeResponse.ts';
import type { Next, SseRequest } from '../sink/SseRequest.ts';
import { clock } from '../time/clock.ts';
import { callSite } from './callSite.ts';
import { type MarbleTime, millisecondsOf } from './marbleTime.ts';
import { socketScript } from './socketScript.ts';
import { TestReader } from './TestReader.ts';
import type { VirtualScheduler } from './VirtualScheduler.ts';

/** What `sse` returns, or any handler of that form. @category testing */
export type RouteHandler<R extends SseRequest> = (request: R, response: NodeResponse, next?: Next) => unknown;

/** The request that a reader makes, and what happens to its socket. @category testing */
export interface ReaderOptions {
  /**
   * What happens to the socket, by the time of the run: `F` it is full from
   * here, `D` it drained, `X` the client is gone, `L` likewise and what was last
   * written is lost on the way, `#` it broke.
   * @default nothing: the socket is fast and the client stays
   */
  readonly socket?: string;
  /** When the reader connects, by the time of the run. @default at once */
  readonly at?: MarbleTime;
  /** @default 'GET' */
  readonly method?: string;
  /** Path and query, as on the request line. @default '/' */
  readonly url?: string;
  /** Added to `accept: text/event-stream`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The query as Express parses it. @default absent, as on a plain server: the route parses that of `url` */
  readonly query?: unknown;
  /** The parameters as Express parses them. @default absent */
  readonly params?: unknown;
  /** The body as a middleware parses it. @default absent */
  readonly body?: unknown;
  /** Where the reader lost its connection. @default none: it comes for the first time */
  readonly lastEventId?: string;
  /** What else the route asks of its request, such as what a middleware puts there. @default nothing */
  readonly request?: Readonly<Record<string, unknown>>;
  /** `false` calls the route without `next`, as a plain server does. @default true */
  readonly next?: boolean;
}

/** The run that readers live in. */
export interface Run {
  readonly scheduler: VirtualScheduler;
  /** Fails the test when the run is over. */
  readonly mistake: (message: string) => void;
}

/** What a reader over several connections says of each, whose step to make it has come. */
interface Connecting {
  /** Where the test made the reader. */
  readonly site: string | undefined;
  readonly chunk: number;
  /** Before the route is called. */
  readonly onMade: (reader: TestReader) => void;
  readonly onChange: (reader: TestReader) => void;
}

const alone: Omit<Connecting, 'site'> = { chunk: Infinity, onMade: () => {}, onChange: () => {} };

/** Connects a reader to a route. */
export function connectReader<R extends SseRequest>(
  { scheduler, mistake }: Run,
  route: RouteHandler<R>,
  options: ReaderOptions,
  connecting?: Connecting,
): TestReader {
  const { site, chunk, onMade, onChange } = connecting ?? { ...alone, site: callSite() };
  const now = scheduler.frame;
  const start = options.at === undefined ? now : millisecondsOf(options.at, 'reader: at');
  if (start < now) throw new RangeError(`reader: at is over, the run is at ${now} ms already: give a later time`);
  // A route that asks for more than every server has gets what the test gives it.
  const request = requestOf(options) as SseRequest as R;
  const steps = socketScript(options.socket ?? '', 'reader: socket');

  const reader = new TestReader({
    method: options.method ?? 'GET',
    lastEventId: options.lastEventId ?? '',
    chunk,
    onChange,
    now: () => scheduler.frame,
    later: clock.turn,
    mistake: (what) => mistake(site === undefined ? what : `${what}; the reader is from ${site}`),
  });

  onMade(reader);
  const arrive = () => visit(route, request, reader, options.next ?? true);
  // A server hears of a request before it can hear that the connection is gone.
  if (connecting !== undefined) arrive();
  else scheduler.schedule(arrive, start - now);
  for (const { at, apply } of steps) {
    if (at < start) throw new RangeError(`reader: socket has a step at ${at} ms, before it connects at ${start} ms`);
    scheduler.schedule(() => apply(reader), at - now);
  }
  return reader;
}

function visit<R extends SseRequest>(route: RouteHandler<R>, request: R, reader: TestReader, withNext: boolean): void {
  if (!withNext) {
    route(request, reader.response);
    return;
  }
  try {
    route(request, reader.response, reader.next);
  } catch (error) {
    // As Express does with what a handler throws.
    reader.next(error);
  }
}

function requestOf(options: ReaderOptions): SseRequest {
  const { method = 'GET', url = '/', headers = {}, lastEventId } = options;
  const sent: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId !== undefined) sent['last-event-id'] = lastEventId;
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
  const request = { method, url, headers: sent };
  const parsed = (['query', 'params', 'body'] as const).filter((part) => part in options);
  return Object.assign(request, options.request, Object.fromEntries(parsed.map((part) => [part, options[part]])));
}
