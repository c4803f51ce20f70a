import type { UnknownC } from 'io-ts';
import type { Shape } from '../../codec/Shape.ts';
import { checkBytes } from '../../data/check.ts';
import type { Contract } from '../../event/events.ts';
import type { CheckedStream, ValueOf } from '../../sink/CheckedStream.ts';
import { type AnyHandler, mountedOn, routeFrom } from '../../sink/handler.ts';
import type { ContextOf, SseContext } from '../../sink/SseContext.ts';
import type { Sendable, SseOptions, Stream } from '../../sink/SseOptions.ts';
import { answering } from './answering.ts';

/** The options of `sse` of the main entry point, and how much of a body is read. @category adapter */
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
   * The largest body that is read for the option `body`, in bytes. At least 1. A larger one is answered 413.
   *
   * @default 65536, 64 KiB
   */
  readonly maxBodyBytes?: number;
}

/** A handler for servers that take a web `Request` and return a `Response`. @category adapter */
export interface FetchHandler<R extends Request> extends AnyHandler {
  /**
   * @param context what a framework passes beside the request. Its `params`, or what they resolve to, are the route's,
   *   and so is its `body`, if it was read before; everything else is ignored.
   */
  (request: R, context?: unknown): Promise<Response>;
}

/**
 * Makes a stream an SSE response of a server that takes a web `Request` and returns a `Response`: Hono, Next, Bun, Deno.
 *
 * It takes the same options as `sse` of the main entry point; the context's `request` is the web request. The promise
 * resolves when the head is known. The body is pulled: while it is not read, nothing is produced for it. A reader that
 * cancels the body, or aborts its request, is disconnected in the same turn.
 *
 * - An error before the first byte rejects the promise, for the framework's own error handler. A `Response` that is
 *   thrown is the answer.
 * - `body` is read here, as JSON of up to `maxBodyBytes`: it needs no parser before the route.
 * - `params` are those of the framework: of the second argument, or `request.params`.
 *
 * @example A route of Next, in app/time/route.ts
 * import { sse } from 'rxsse/fetch';
 *
 * export const GET = sse(interval(1000));
 *
 * @throws TypeError at once, for a value that is not a stream.
 * @throws RangeError at once, for an option out of range.
 * @see `sse` of the main entry point, for Express and for Node's own servers.
 * @category adapter
 */
export function sse<X extends Stream<unknown>>(
  stream: CheckedStream<never, X, SseContext<{ request: Request }>>,
): FetchHandler<Request>;
export function sse<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R extends Request = Request,
  X extends Stream<unknown> = Stream<Sendable<C>>,
>(
  options: FetchOptions<C, Q, P, B, S, R, ValueOf<X>>,
  stream: CheckedStream<C, X, ContextOf<Q, P, B, S, R>>,
): FetchHandler<R>;
export function sse(...args: readonly unknown[]): FetchHandler<Request> {
  const route = routeFrom(args, { maxBodyBytes: '' });
  const { maxBodyBytes = 64 * 1024 } = route.options as { readonly maxBodyBytes?: number };
  checkBytes('sse: maxBodyBytes', maxBodyBytes);
  return mountedOn(route, answering(route, maxBodyBytes));
}
