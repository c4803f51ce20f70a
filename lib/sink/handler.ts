import { type Contract, isContract } from '../event/events.ts';
import { coreOf } from '../feed/coreOf.ts';
import { checkSseOptions } from './checkSseOptions.ts';
import { Route } from './Route.ts';
import type { UntypedOptions } from './SseOptions.ts';

/** The key under which a handler holds its route. */
const mountedRoute: unique symbol = Symbol.for('rxsse.route') as never;

/** The key under which a handler of `receive` holds the events that it publishes. */
const receivedEvents: unique symbol = Symbol.for('rxsse.receive') as never;

/** The key under which a handler of `stop` holds the route whose streams it stops. */
const stoppedRoute: unique symbol = Symbol.for('rxsse.stop') as never;

/** A handler that `receive` returned, for requests of any type. @category sink */
export interface AnyReceiveHandler {
  readonly [receivedEvents]: { readonly contract: Contract | undefined };
}

/** A handler that `sse` returned, for requests of any type. @category sink */
export interface AnyHandler {
  readonly [mountedRoute]: Route;
}

/** A handler that `stop` returned, for requests of any type. @category sink */
export interface AnyStopHandler {
  readonly [stoppedRoute]: Route;
}

/** Creates the route of `sse(stream)` or `sse(options, stream)`; `others` are the kinds of an adapter's own options. */
export function routeFrom(args: readonly unknown[], others: Readonly<Record<string, string>> = {}): Route {
  const [options, stream] = args.length === 1 ? [{}, args[0]] : args;
  if (typeof options !== 'object' || options === null || coreOf(options) !== undefined) {
    throw new TypeError('sse: expected sse(stream) or sse(options, stream), with the options first');
  }
  if (isContract(args[0]) || isContract(stream)) {
    throw new TypeError(
      'sse: got the events of a contract, which are no stream: pass a feed of them, sse(feed(Orders)), or { events: Orders } as the options',
    );
  }
  checkSseOptions(options, others);
  if (isGenerator(stream)) {
    throw new TypeError(
      'sse: a generator can be read once, and each connection reads a stream from its start; pass a function that creates one: sse(() => generate())',
    );
  }
  return new Route(stream, options as UntypedOptions);
}

/** Returns true for an iterator that iterates itself, as generators do: the second who reads it gets nothing. */
function isGenerator(value: unknown): boolean {
  const { next, [Symbol.iterator]: iterator, [Symbol.asyncIterator]: asyncIterator } = Object(value);
  return typeof next === 'function' && (iterator ?? asyncIterator)?.call(value) === value;
}

/** Makes a function the handler of a route, which `shutdown` and `metricsOf` find in it. */
export function mountedOn<F extends object>(route: Route, handler: F): F & AnyHandler {
  return Object.assign(handler, { [mountedRoute]: route });
}

/** Returns the route of a handler, or `undefined` for anything else. */
export function routeOf(value: unknown): Route | undefined {
  return typeof value === 'function' && mountedRoute in value
    ? (value as unknown as AnyHandler)[mountedRoute]
    : undefined;
}

/** Makes a function the handler of `receive`, whose events are known where its feed is. */
export function receivingInto<F extends object>(feed: unknown, handler: F): F & AnyReceiveHandler {
  return Object.assign(handler, { [receivedEvents]: { contract: coreOf(feed)?.contract } });
}

/** Returns the events of a handler of `receive`, `contract` being `undefined` where a function chooses the feed; `undefined` for anything else. */
export function receivedOf(value: unknown): { readonly contract: Contract | undefined } | undefined {
  return typeof value === 'function' && receivedEvents in value
    ? (value as unknown as AnyReceiveHandler)[receivedEvents]
    : undefined;
}

/** Makes a function the handler of `stop` for a route. */
export function stopping<F extends object>(route: Route, handler: F): F & AnyStopHandler {
  return Object.assign(handler, { [stoppedRoute]: route });
}

/** Returns the route whose streams a handler of `stop` stops, or `undefined` for anything else. */
export function stoppedOf(value: unknown): Route | undefined {
  return typeof value === 'function' && stoppedRoute in value
    ? (value as unknown as AnyStopHandler)[stoppedRoute]
    : undefined;
}
