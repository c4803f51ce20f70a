import { catchError, map, type Observable, of } from 'rxjs';
import { sse } from '../adapter/node/sse.ts';
import { checkBytes } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { reportError } from '../error/reportError.ts';
import { type AnyHandler, routeOf } from '../sink/handler.ts';
import { type Route, sourceOf } from '../sink/Route.ts';
import type { ServedPath } from '../sink/ServedPath.ts';
import type { SseContext } from '../sink/SseContext.ts';
import type { SseOptions, Stream } from '../sink/SseOptions.ts';
import { unpacedStream } from '../sink/unpacedStream.ts';
import type { Message } from '../wire/Frame.ts';
import type { ChatRoutesOptions } from './ChatRoutesOptions.ts';
import { failureAsEntry } from './failureAsEntry.ts';

/** The context of a request, whose state is its owner. */
export type AgentContext = SseContext<{ readonly state: unknown }>;

/** How a protocol writes what is not a part of its streams, and what its responses have. */
interface Protocol extends Pick<SseOptions, 'methods'> {
  /** The name of a stream in the texts of errors. */
  readonly noun: string;
  readonly paths: readonly ServedPath[];
  readonly end: Message;
  /** Returns the error event of the protocol. */
  errorOf(text: string): Message;
  readonly headers: Readonly<Record<string, string>> | ((context: AgentContext) => Readonly<Record<string, string>>);
  readonly location?: (context: AgentContext, cursor: string) => string;
}

/** The route of a protocol, and the options of the program with their defaults. */
interface AgentRoute {
  readonly handler: AnyHandler;
  readonly route: Route;
  readonly runs: NonNullable<Route['runs']>;
  readonly maxBodyBytes: number;
  readonly onError: (error: unknown) => string;
  readonly ownerOf: (request: unknown) => Promise<unknown>;
  /** Returns the frames of a stream of the program, not at the pace of a reader: a run continues without one. */
  framesOf(stream: unknown, toFrame: (chunk: unknown) => Message): Observable<Message>;
}

/**
 * Creates the route of a protocol whose streams continue without their readers. An error of a stream, the end of the
 * process that produces it and a gap become the error event of the protocol.
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 */
export function agentRoute<R>(
  caller: string,
  options: ChatRoutesOptions<R>,
  { noun, paths, end, errorOf, methods, headers, location }: Protocol,
  streamFor: (context: AgentContext) => Promise<unknown>,
): AgentRoute {
  const functions = { owner: 'function', log: 'function', onError: 'function' };
  checkOptions(caller, options, { ...functions, linger: '', maxBodyBytes: '', allowedOrigins: '' });
  const { owner, log, linger = 30_000, allowedOrigins = '*', maxBodyBytes = 1024 * 1024 } = options;
  checkBytes(`${caller}: maxBodyBytes`, maxBodyBytes);
  const report = (error: unknown): string => {
    reportError(`the ${noun} of ${caller}`, error);
    return 'An error occurred.';
  };
  const onError = (error: unknown): string => {
    try {
      return (options.onError ?? report)(error);
    } catch (thrown) {
      report(thrown);
      return report(error);
    }
  };
  const ownerOf = async (request: unknown): Promise<unknown> => owner?.(request as R);
  const interrupted = errorOf(`The ${noun} was interrupted. Please try again.`);
  const trimmed = errorOf(`A part of the ${noun} is not stored any more.`);

  const handler = sse(
    {
      ...(methods && { methods }),
      headers,
      wire: { control: 'ids', retry: false, end, gap: () => trimmed },
      allowedOrigins,
      onError: (error) => void onError(error),
      state: ownerOf,
      resume: {
        from: 'oldest',
        linger,
        owner: ({ state }) => state,
        ...(location && { location }),
        ...(log && { log: (id) => failureAsEntry(log(id), interrupted) }),
      },
    },
    (context) => streamFor(context) as Promise<Stream<unknown>>,
  );
  const route = routeOf(handler) as Route;
  route.paths = paths;
  return {
    handler,
    route,
    runs: route.runs as NonNullable<Route['runs']>,
    maxBodyBytes,
    onError,
    ownerOf,
    framesOf: (stream, toFrame) =>
      unpacedStream(sourceOf(stream)).pipe(
        map(toFrame),
        catchError((error) => of(errorOf(onError(error)))),
      ),
  };
}

/** Returns the error for a body that the clients of a protocol do not send, which has the `status` 422. */
export function invalidBody(body: unknown, expected: string): DecodeError {
  return Object.assign(new DecodeError(body, [`body: expected ${expected}, got other data`]), { status: 422 });
}
