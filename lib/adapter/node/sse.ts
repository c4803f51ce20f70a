import type { UnknownC } from 'io-ts';
import type { Shape } from '../../codec/Shape.ts';
import type { Contract } from '../../event/events.ts';
import type { CheckedStream, ValueOf } from '../../sink/CheckedStream.ts';
import { type AnyHandler, mountedOn, routeFrom } from '../../sink/handler.ts';
import type { ContextOf } from '../../sink/SseContext.ts';
import type { Sendable, SseOptions, Stream } from '../../sink/SseOptions.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { serve } from '../../sink/serve.ts';
import { type NodeHandler, nodeHandler } from './nodeHandler.ts';

/** A handler for Express 4 and 5, Fastify, Koa, and plain `http` and `http2` servers. @category adapter */
export interface SseHandler<R extends SseRequest> extends NodeHandler<R>, AnyHandler {}

/**
 * Makes a stream an SSE response.
 *
 * Mount the returned handler on a route. Each request subscribes separately: to the stream itself, or to the stream
 * that the function returns for the request's context, whose type follows from the options. The events of a plain stream
 * are numbered in the order in which they are sent, under an epoch of the connection's own; those of a feed have the
 * positions of its log.
 *
 * - Completion sends `rxsse.end` and closes the response. The reconnect that EventSource then makes is answered 204, so
 *   that it stops.
 * - An error before the first byte (thrown by the function or `state`, rejected by their promises, or emitted while
 *   subscribing) goes to `next`, or rejects the promise of the handler on Fastify and Koa; it is answered with the error's
 *   `status` on a server without either. Later ones go to `onError`.
 * - When the reader disconnects, a stream without `resume` is unsubscribed in the same turn: `return` of an async
 *   iterable is called, and `context.signal` is aborted. A stream with `resume` continues for `linger`, a feed always.
 *
 * @example Any Observable is a response
 * app.get('/time', sse(interval(1000)));
 *
 * @throws TypeError at once, for a value that is not a stream.
 * @throws RangeError at once, for an option out of range.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @category adapter
 */
export function sse<X extends Stream<unknown>>(
  stream: CheckedStream<never, X, ContextOf<UnknownC, UnknownC, UnknownC, undefined, SseRequest>>,
): SseHandler<SseRequest>;
export function sse<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R extends SseRequest = SseRequest,
  X extends Stream<unknown> = Stream<Sendable<C>>,
>(
  options: SseOptions<C, Q, P, B, S, R, ValueOf<X>>,
  stream: CheckedStream<C, X, ContextOf<Q, P, B, S, R>>,
): SseHandler<R>;
export function sse(...args: readonly unknown[]): SseHandler<SseRequest> {
  const route = routeFrom(args);
  const handler = nodeHandler(({ request, userRequest, transport, next }) =>
    serve(route, request, transport, next, userRequest),
  );
  return mountedOn(route, handler as NodeHandler<SseRequest>);
}
