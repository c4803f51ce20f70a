import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { checkNumber } from '../../data/check.ts';
import type { LimitError } from '../../error/LimitError.ts';
import { hasTag } from '../../error/RxsseError.ts';
import type { UnavailableError } from '../../error/UnavailableError.ts';
import { decodeBody } from '../../event/decodeEvent.ts';
import { type AnyFeed, coreOf, type Feed } from '../../feed/feed.ts';
import type { AppendOptions } from '../../log/EventLog.ts';
import { Connection } from '../../sink/Connection.ts';
import { callGuarded, whenResolved } from '../../sink/callUser.ts';
import { describeRequest } from '../../sink/describeRequest.ts';
import type { OnInvalidInput } from '../../sink/OnInvalidInput.ts';
import { type Refusal, refuse, refuseError, refuseForNow, refuseInput } from '../../sink/refuse.ts';
import type { Next, SseRequest } from '../../sink/SseRequest.ts';
import type { SseResponse } from './NodeResponse.ts';
import { NodeTransport } from './NodeTransport.ts';
import { type ReceiveRequest, readBody } from './readBody.ts';

/** How much one request may send, and the answer to one that does not decode. @category adapter */
export interface ReceiveOptions<R = ReceiveRequest> {
  /**
   * The largest body that is read, in bytes. At least 1. A larger one is answered 413, and its rest stays unread; so is
   * one above 64 KiB with more than 1000 levels or 20,000 different names, which would take long to parse. What a parser
   * before the route reads is for that parser to bound.
   *
   * @default 65536, 64 KiB
   */
  readonly maxBodyBytes?: number;
  /** The most events in one array. At least 1. @default 1000 */
  readonly maxBatch?: number;
  /**
   * Called for a request whose events do not decode. The object that it returns is the JSON of the 422; what it throws
   * goes to `next`, and so to the error handler of the app.
   *
   * @default a problem (RFC 9457) that names each path and what was expected there
   */
  readonly onInvalidInput?: OnInvalidInput<R>;
}

/** A handler for Express 4 and 5 and for plain `http` and `http2` servers. @category adapter */
export type ReceiveHandler<R extends ReceiveRequest> = (request: R, response: SseResponse, next?: Next) => void;

/**
 * Publishes the events that clients POST: each is decoded by the feed's contract, defaults are filled in, and all
 * events of a request are appended to the log together, or none is.
 *
 * The body is `{ "type": ..., "data": ... }` or an array of them: `request.body` if a parser left one there, or else
 * JSON that is read here. The answer is 202 `{ "cursor": "..." }`, the cursor of the last event, once the log has stored
 * them.
 *
 * - A body that does not decode is answered 422 with a problem that names every path and no value; other bodies 400,
 *   413 or 415; other methods 405.
 * - A request that repeats an `Idempotency-Key` (1 to 255 visible ASCII characters) appends nothing and gets the cursor
 *   of the first one, whatever events it sends, for as long as the log remembers keys.
 * - What the log fails with, and what a function given for `feed` throws or rejects with, goes to `next`, or is answered
 *   with the error's `status` where there is no `next`. A full registry of feeds is answered 503 with `Retry-After`.
 * - A client that disconnects before it has sent everything publishes nothing. A function given for `feed` is called
 *   when the body has arrived.
 *
 * Check who may publish, and from which origin, before this handler, or in the function that returns the feed.
 *
 * @example Publish over HTTP and resume
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * app.post('/orders', receive(orders));
 * app.get('/orders', sse(orders));
 *
 * @throws TypeError at once, for a value that is not a feed.
 * @throws RangeError at once, for a bound below 1.
 * @category adapter
 */
export function receive<R extends ReceiveRequest = ReceiveRequest>(
  feed: AnyFeed | ((request: R) => AnyFeed | Promise<AnyFeed>),
  { maxBodyBytes = 64 * 1024, maxBatch = 1000, onInvalidInput }: ReceiveOptions<R> = {},
): ReceiveHandler<R> {
  checkNumber('receive: maxBodyBytes', maxBodyBytes, { min: 1 });
  checkNumber('receive: maxBatch', maxBatch, { min: 1 });
  if (typeof feed !== 'function') checkFeed(feed);
  const feedFor = typeof feed === 'function' ? feed : () => feed;

  return (request, response, next) => {
    const connection = new Connection(new NodeTransport(response));
    const onError = (error: unknown): void => {
      if (!connection.isWaiting) return;
      if (hasTag<UnavailableError>(error, 'UnavailableError')) return refuseForNow(connection);
      if (hasTag<LimitError>(error, 'LimitError')) return refuse(connection, tooLargeForFeed(error));
      if (next === undefined) return refuseError(connection, error, `receive ${describeRequest(request)}`);
      connection.release();
      next(error);
    };

    const options = appendOptionsOf(request);
    if (isLeft(options)) return refuse(connection, options.left);
    const publish = (feed: Feed, body: unknown): void => {
      const events = decodeBody(feed.contract, body, maxBatch);
      if (isLeft(events)) return refuseInput(connection, events.left, onInvalidInput?.(events.left, request));
      const published = feed.publish(events.right, options.right).subscribe({
        next: (cursor) => connection.reply(202, { 'Content-Type': 'application/json' }, JSON.stringify({ cursor })),
        error: onError,
      });
      if (connection.isWaiting) connection.signal.addEventListener('abort', () => published.unsubscribe());
    };
    const onBody = (body: Either<Refusal, unknown>): void => {
      if (isLeft(body)) return refuse(connection, body.left);
      // Not before the body has arrived: a registry may evict a feed that is unused meanwhile.
      whenResolved(feedFor(request), onError, (found) => {
        if (connection.isWaiting) publish(checkFeed(found), body.right);
      });
    };
    callGuarded(onError, () => readBody(request, maxBodyBytes, (body) => callGuarded(onError, () => onBody(body))));
  };
}

/** Decodes what a request says beside its body. */
function appendOptionsOf({ method, headers }: SseRequest): Either<Refusal, AppendOptions> {
  if (method !== 'POST') return left({ status: 405, issues: [], headers: { Allow: 'POST' } });
  const key = headers['idempotency-key'];
  if (key === undefined) return right({});
  if (typeof key === 'string' && /^[!-~]{1,255}$/.test(key)) return right({ key });
  const expected = '1 to 255 visible ASCII characters';
  return left({ status: 400, issues: [{ path: 'headers.idempotency-key', expected, got: 'other text' }] });
}

/** Returns the refusal of an event that is too large for the feed, in a body that is not too large. */
function tooLargeForFeed({ subject, limit }: LimitError): Refusal {
  return {
    status: 413,
    issues: [{ path: subject ?? 'body', expected: `at most ${limit} bytes of data`, got: 'more' }],
  };
}

function checkFeed(value: unknown): Feed {
  if (coreOf(value) === undefined) throw new TypeError('receive: expected a feed, or a function that returns one');
  return value as Feed;
}
