import { chance } from '../clock.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry } from '../wire/Frame.ts';
import type { Connection } from './connection.ts';
import type { SseRequest } from './exchange.ts';
import type { Route } from './Route.ts';

/** How long one is asked to stay away, in ms: from the least to twice that, so that not all come back together. */
const least = 5000;

/**
 * Answers for a server that takes no more readers now.
 *
 * Any answer but 200 would end a native EventSource for good, so a request that
 * may be one gets a stream that asks it to wait, and ends. A client that says
 * what it is gets a status and `Retry-After`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function decline(route: Route, connection: Connection, request: SseRequest): void {
  const wait = Math.round(least * (1 + chance()));
  const said = { 'Rxsse-Resume': 'refused' };
  if (request.headers['rxsse-client'] === undefined) {
    connection.reply(200, { ...route.headers, ...said }, encodeFrame(retry(wait)));
  } else {
    connection.reply(503, { ...said, 'Retry-After': String(Math.ceil(wait / 1000)), 'Cache-Control': 'no-store' });
  }
}
