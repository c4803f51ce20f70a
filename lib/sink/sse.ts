import type { UnknownC } from 'io-ts';
import type { Shape } from '../codec/Shape.ts';
import type { Contract } from '../event/events.ts';
import { coreOf } from '../feed/feed.ts';
import type { AnyOptions } from './AnyOptions.ts';
import type { Next, SseRequest, SseResponse } from './exchange.ts';
import { Route } from './Route.ts';
import type { ContextOf, Sendable, SseOptions, Stream } from './SseOptions.ts';
import { serve } from './serve.ts';

/** Where a handler keeps its route. */
const mounted: unique symbol = Symbol('rxsse.route');

/** A handler for Express 4 and 5 and for plain `http` and `http2` servers. @category sink */
export interface SseHandler<R extends SseRequest> extends AnyHandler {
  (request: R, response: SseResponse, next?: Next): void;
}

/** What `sse` returned, whatever it reads of requests. @category sink */
export interface AnyHandler {
  readonly [mounted]: Route;
}

/**
 * Makes a stream an SSE response.
 *
 * Mount what it returns on a route. Each request subscribes on its own: the
 * stream itself, or what the handler returns for the request's context, whose
 * type follows the options. Events are numbered after the merge, in the order
 * in which they leave, under an epoch of the connection's own.
 *
 * - Completion sends `rxsse.end`, closes, and answers the reconnect that
 *   EventSource then makes with 204, so that it stops.
 * - An error before the first byte (thrown by the handler or `state`, rejected by
 *   their promises, or emitted while subscribing) goes to `next`, or is answered
 *   with the error's `status` where there is no `next`. Later ones go to `onError`.
 * - When the reader leaves, the stream is unsubscribed in the same turn; an async
 *   iterable is left by `return`, and `context.signal` is aborted.
 *
 * @example Any Observable is a response
 * app.get('/time', sse(interval(1000)));
 *
 * @throws TypeError at once, for a stream that is none.
 * @throws RangeError at once, for a `heartbeat` or a `retry` out of range.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @category sink
 */
export function sse(
  stream:
    | Stream<unknown>
    | ((
        context: ContextOf<UnknownC, UnknownC, UnknownC, undefined, SseRequest>,
      ) => Stream<unknown> | Promise<Stream<unknown>>),
): SseHandler<SseRequest>;
export function sse<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R extends SseRequest = SseRequest,
  T = unknown,
>(
  options: SseOptions<C, Q, P, B, S, R, T>,
  stream:
    | Stream<Sendable<C, T>>
    | ((context: ContextOf<Q, P, B, S, R>) => Stream<Sendable<C, T>> | Promise<Stream<Sendable<C, T>>>),
): SseHandler<R>;
export function sse(...args: readonly unknown[]): SseHandler<SseRequest> {
  const route = routeFrom(args);
  const handler = (request: SseRequest, response: SseResponse, next?: Next): void =>
    serve(route, request, response, next);
  return mountedOn(route, handler);
}

/** Makes the route of `sse(stream)` or `sse(options, stream)`. */
export function routeFrom(args: readonly unknown[]): Route {
  const [options, stream] = args.length === 1 ? [{}, args[0]] : args;
  if (typeof options !== 'object' || options === null || coreOf(options) !== undefined) {
    throw new TypeError('sse: expected sse(stream) or sse(options, stream), with the options first');
  }
  return new Route(stream, options as AnyOptions);
}

/** Makes a function a handler of its route, to `drain` and others that are given one. */
export function mountedOn<F extends object>(route: Route, handler: F): F & AnyHandler {
  return Object.assign(handler, { [mounted]: route });
}

/** The route of a handler, or `undefined` for what is none. */
export function routeOf(value: unknown): Route | undefined {
  return typeof value === 'function' && mounted in value ? (value as unknown as AnyHandler)[mounted] : undefined;
}
