import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { checkNumber } from '../data/check.ts';
import { LimitError } from '../error/LimitError.ts';
import { UnavailableError } from '../error/UnavailableError.ts';
import { decodeBody } from '../event/decodeEvent.ts';
import { type AnyFeed, coreOf, type Feed } from '../feed/feed.ts';
import type { AppendOptions } from '../log/EventLog.ts';
import { Connection } from './Connection.ts';
import { attempt, whenResolved } from './callUser.ts';
import type { Next, SseRequest, SseResponse } from './exchange.ts';
import { jsonBody } from './jsonBody.ts';
import type { ReceiveRequest } from './readBody.ts';
import { type Refusal, refuse, refuseError, refuseForNow, refuseInput } from './refuse.ts';

/** How much one request may bring. @category sink */
export interface ReceiveOptions {
  /**
   * The largest body that is read, in bytes. 1 or more. Above it the answer is
   * 413 and the rest stays unread. What a parser before the route reads is for
   * that parser to bound.
   *
   * @default 65536, 64 KiB
   */
  readonly maxBodyBytes?: number;
  /** The most events of one array. 1 or more. @default 1000 */
  readonly maxBatch?: number;
}

/** A handler for Express 4 and 5 and for a plain `http` server. @category sink */
export type ReceiveHandler<R extends ReceiveRequest> = (request: R, response: SseResponse, next?: Next) => void;

/**
 * Takes events in by POST: each is decoded by the feed's contract, defaults are
 * filled, and all of a request go to the log together or none does.
 *
 * The body is `{ "type": ..., "data": ... }` or an array of such: `request.body`
 * if a parser left one there, or else JSON that is read here. The answer is 202
 * `{ "cursor": "..." }`, the cursor of the last event, once the log has them.
 *
 * - What does not decode is answered 422 with a problem that names every path
 *   and no value; other bodies 400, 413 or 415; other methods 405.
 * - A request that repeats an `Idempotency-Key` (1 to 255 visible ASCII
 *   characters) appends nothing and gets the first one's cursor, whatever events
 *   it brings, for as long as the log remembers keys.
 * - A failing log, and what a function given for `feed` throws or rejects with,
 *   go to `next`, or are answered with the error's `status` where there is no
 *   `next`. A family that is full is answered 503 with `Retry-After`.
 * - A client that goes before it has sent all has sent nothing. A function is
 *   asked for the feed once the body is here.
 *
 * Who may post, and from which origin, is for the app to check: before this
 * handler, or in a function that gives the request its feed.
 *
 * @example What goes in comes out, and resumes
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * app.post('/orders', receive(orders));
 * app.get('/orders', sse(orders));
 *
 * @throws TypeError at once, for a feed that is none.
 * @throws RangeError at once, for a `limit` or a `max` below 1.
 * @category sink
 */
export function receive<R extends ReceiveRequest = ReceiveRequest>(
  feed: AnyFeed | ((request: R) => AnyFeed | Promise<AnyFeed>),
  { maxBodyBytes = 64 * 1024, maxBatch = 1000 }: ReceiveOptions = {},
): ReceiveHandler<R> {
  checkNumber('receive: maxBodyBytes', maxBodyBytes, { min: 1 });
  checkNumber('receive: maxBatch', maxBatch, { min: 1 });
  const feedFor = typeof feed === 'function' ? feed : always(checked(feed));

  return (request, response, next) => {
    const connection = new Connection(response);
    const failed = (error: unknown): void => {
      if (!connection.isWaiting) return;
      if (error instanceof UnavailableError) return refuseForNow(connection);
      if (error instanceof LimitError) return refuse(connection, tooLarge(error));
      if (next === undefined) return refuseError(connection, error);
      connection.release();
      next(error);
    };

    const options = optionsOf(request);
    if (isLeft(options)) return refuse(connection, options.left);
    const append = (feed: Feed, body: unknown): void => {
      const events = decodeBody(feed.contract, body, maxBatch);
      if (isLeft(events)) return refuseInput(connection, events.left);
      const published = feed.publish(events.right, options.right).subscribe({
        next: (cursor) => connection.reply(202, { 'Content-Type': 'application/json' }, JSON.stringify({ cursor })),
        error: failed,
      });
      if (connection.isWaiting) connection.signal.addEventListener('abort', () => published.unsubscribe());
    };
    const read = (body: Either<Refusal, unknown>): void => {
      if (isLeft(body)) return refuse(connection, body.left);
      // Not before the body is here: a family may forget a feed that nobody has used meanwhile.
      whenResolved(feedFor(request), failed, (given) => {
        if (connection.isWaiting) append(checked(given), body.right);
      });
    };
    attempt(failed, () => jsonBody(request, maxBodyBytes, (body) => attempt(failed, () => read(body))));
  };
}

/** What a request asks for beside its body. */
function optionsOf({ method, headers }: SseRequest): Either<Refusal, AppendOptions> {
  if (method !== 'POST') return left({ status: 405, issues: [], headers: { Allow: 'POST' } });
  const key = headers['idempotency-key'];
  if (key === undefined) return right({});
  if (typeof key === 'string' && /^[!-~]{1,255}$/.test(key)) return right({ key });
  const expected = '1 to 255 visible ASCII characters';
  return left({ status: 400, issues: [{ path: 'headers.idempotency-key', expected, got: 'other text' }] });
}

/** The body may be small enough, and one of its events too large for the feed. */
function tooLarge({ subject: event, limit }: LimitError): Refusal {
  return { status: 413, issues: [{ path: event ?? 'body', expected: `at most ${limit} bytes of data`, got: 'more' }] };
}

function checked(value: unknown): Feed {
  if (coreOf(value) === undefined) throw new TypeError('receive: expected a feed, or a function that gives one');
  return value as Feed;
}

function always<T>(value: T): () => T {
  return () => value;
}
