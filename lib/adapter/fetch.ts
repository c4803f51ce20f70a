import type { UnknownC } from 'io-ts';
import type { Shape } from '../codec/Shape.ts';
import { checkNumber } from '../data/check.ts';
import type { Contract } from '../event/events.ts';
import type { ContextOf, Sendable, SseContext, SseOptions, Stream } from '../sink/SseOptions.ts';
import { type AnyHandler, mountedOn, routeFrom } from '../sink/sse.ts';
import { answering } from './answering.ts';

/** What the `sse` of the main door takes, and how much of a body is read. @category adapter */
export interface FetchOptions<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R = Request,
  T = unknown,
> extends SseOptions<C, Q, P, B, S, R, T> {
  /**
   * The largest body that is read for the option `body`, in bytes: JSON, and
   * nothing else. 1 or more. Above it the answer is 413.
   *
   * @default 65536, 64 KiB
   */
  readonly maxBodyBytes?: number;
}

/** A handler for servers that take a web `Request` and give a `Response`. @category adapter */
export interface FetchHandler<R extends Request> extends AnyHandler {
  /**
   * @param given what a framework hands over beside the request. Its `params`, or
   *   what they promise, and its `body`, if somebody has read it, are the route's;
   *   all else is left alone.
   */
  (request: R, given?: unknown): Promise<Response>;
}

/**
 * Makes a stream an SSE response of a server that takes a web `Request` and gives
 * a `Response`: Hono, Next, Bun, Deno.
 *
 * The same as `sse` of the main door, option by option; the context's `request`
 * is the web request. The promise is kept when the head is known. The body is
 * pulled: while nobody reads it, nothing is made for it. A reader that cancels the
 * body, or aborts its request, is left in the same turn.
 *
 * - What fails before the first byte rejects, for the framework's own handler of
 *   errors. A `Response` that is thrown is the answer, as it is.
 * - `body` is read here, as JSON up to `limit`: nobody has to parse it before.
 * - `params` are those of the framework: the second argument, or `request.params`.
 *
 * @example A route of Next, in app/time/route.ts
 * import { sse } from 'rxsse/fetch';
 *
 * export const GET = sse(interval(1000));
 *
 * @throws TypeError at once, for a stream that is none.
 * @throws RangeError at once, for an option out of range.
 * @see The main door's `sse`, for Express and for Node's own servers.
 * @category adapter
 */
export function sse(
  stream: Stream<unknown> | ((context: SseContext<{ request: Request }>) => Stream<unknown> | Promise<Stream<unknown>>),
): FetchHandler<Request>;
export function sse<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R extends Request = Request,
  T = unknown,
>(
  options: FetchOptions<C, Q, P, B, S, R, T>,
  stream:
    | Stream<Sendable<C, T>>
    | ((context: ContextOf<Q, P, B, S, R>) => Stream<Sendable<C, T>> | Promise<Stream<Sendable<C, T>>>),
): FetchHandler<R>;
export function sse(...args: readonly unknown[]): FetchHandler<Request> {
  const route = routeFrom(args);
  const { maxBodyBytes = 64 * 1024 } = route.options as { readonly maxBodyBytes?: number };
  checkNumber('sse: maxBodyBytes', maxBodyBytes, { min: 1 });
  return mountedOn(route, answering(route, maxBodyBytes));
}
