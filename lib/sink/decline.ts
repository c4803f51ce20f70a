import type { RetryRange } from '../error/UnavailableError.ts';
import { randomFraction } from '../time/clock.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry } from '../wire/Frame.ts';
import type { Connection } from './Connection.ts';
import type { SseRequest } from './exchange.ts';
import type { Route } from './Route.ts';

/** How long one is asked to stay away from a full server, in ms. */
export const whenFull: RetryRange = [5000, 10_000];

/** Some time in the range, so that not all come back together. */
export function waitIn([min, max]: RetryRange): number {
  return Math.round(min + (max - min) * randomFraction());
}

/**
 * Answers for a server that takes no more readers now.
 *
 * Any answer but 200 would end a native EventSource for good, so a request that
 * may be one gets a stream that asks it to wait, and ends. A client that says
 * what it is gets a status and `Retry-After`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function decline(
  route: Route,
  connection: Connection,
  request: SseRequest,
  range: RetryRange = whenFull,
  status: 503 | 429 = 503,
): void {
  const wait = waitIn(range);
  const said = { 'Rxsse-Resume': 'refused' };
  if (request.headers['rxsse-client'] === undefined) {
    connection.reply(200, { ...route.headers, ...said }, encodeFrame(retry(wait)));
  } else {
    connection.reply(status, { ...said, 'Retry-After': String(Math.ceil(wait / 1000)), 'Cache-Control': 'no-store' });
  }
}
