import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { concatMap, map, type Observable, of } from 'rxjs';
import { callGuarded, checkSynchronous, whenResolved } from '../data/callUser.ts';
import { checkBytes, checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { ClosedError } from '../error/ClosedError.ts';
import type { LimitError } from '../error/LimitError.ts';
import { hasTag } from '../error/RxsseError.ts';
import type { UnavailableError } from '../error/UnavailableError.ts';
import { decodeBody } from '../event/decodeEvent.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { isContract } from '../event/events.ts';
import { type AnyFeed, coreOf } from '../feed/coreOf.ts';
import type { Feed } from '../feed/feed.ts';
import { Connection } from '../sink/Connection.ts';
import { type Refusal, refuse, refuseError, refuseFullServer, refuseInput, refuseOrigin } from '../sink/refuse.ts';
import { type AllowedOrigins, checkOrigins, isAllowedOrigin, type OnInvalidInput } from '../sink/requestInputs.ts';
import type { Next, SseRequest } from '../sink/SseRequest.ts';
import { describeRequest } from '../sink/SseRequest.ts';
import type { Transport } from '../sink/Transport.ts';
import { refusedType } from './jsonBody.ts';

/** How much one request may send, and the answer to one that does not decode. @category adapter */
export interface ReceiveOptions<R = SseRequest> {
  /**
   * The largest body that is read, in bytes. At least 1. A larger one is answered 413, and its rest stays unread; so is
   * one above 64 KiB with more than 1000 levels, 20,000 different names, or 500,000 arrays and objects, which would take
   * long to parse. What a parser before the route reads is for that parser to bound.
   *
   * @default 65536, 64 KiB
   */
  readonly maxBodyBytes?: number;
  /** The most events in one array. At least 1. @default 1000 */
  readonly maxBatch?: number;
  /**
   * The origins whose pages may publish, beside the server's own; `'*'` for all. A request of another is answered 403. The
   * browser's `Sec-Fetch-Site` decides or, without it, whether `Origin` names the host of the request. A request without
   * both headers is not a browser's, and is let through.
   *
   * @default [], the server's own origin alone
   */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Returns who sends a request: its `Idempotency-Key` is compared with the keys of the same client alone, so that a key
   * which others know hides no event of theirs. What it throws goes to `next`.
   *
   * @default all who may publish share the keys
   */
  readonly client?: (request: R) => string;
  /**
   * Called for a request whose events do not decode. The object that it returns is the JSON of the 422; what it throws
   * goes to `next`, and so to the error handler of the app.
   *
   * @default a problem (RFC 9457) that names each path and what was expected there
   */
  readonly onInvalidInput?: OnInvalidInput<R>;
}

/** One request with events, as an adapter presents it. */
interface Reception<R> {
  readonly request: SseRequest;
  /** The object of the server, which is what the functions of the program get. */
  readonly userRequest: R;
  readonly transport: Transport;
  readonly next: Next | undefined;
  /** Calls back with the body. */
  readBody(done: (body: Either<Refusal, unknown>) => void): void;
}

/**
 * Returns the function that answers the requests of `receive`, on every server: it checks the request and its body,
 * publishes the events, and answers with their cursor.
 *
 * @throws TypeError for a value that is not a feed, RangeError for a bound below 1
 */
export function receiver<R>(
  feed: AnyFeed | ((request: R) => AnyFeed | Promise<AnyFeed>),
  options: ReceiveOptions<R>,
): (reception: Reception<R>) => void {
  checkOptions('receive', options, {
    maxBodyBytes: '',
    maxBatch: '',
    allowedOrigins: '',
    client: 'function',
    onInvalidInput: 'function',
  });
  const { maxBodyBytes = 64 * 1024, maxBatch = 1000, allowedOrigins = [], client, onInvalidInput } = options;
  checkOrigins('receive: allowedOrigins', allowedOrigins);
  checkBytes('receive: maxBodyBytes', maxBodyBytes);
  checkNumber('receive: maxBatch', maxBatch, { min: 1 });
  if (typeof feed !== 'function') checkFeed(feed);
  const feedFor = typeof feed === 'function' ? feed : () => feed;

  return ({ request, userRequest, transport, next, readBody }) => {
    const connection = new Connection(transport);
    const onError = (error: unknown): void => {
      if (connection.state !== 'waiting') return;
      if (hasTag<UnavailableError>(error, 'UnavailableError')) return refuseFullServer(connection);
      const refusal = permanentRefusal(error);
      if (refusal !== undefined) return refuse(connection, refusal);
      if (next === undefined) return refuseError(connection, error, `receive ${describeRequest(request)}`);
      connection.release();
      next(error);
    };

    const key = keyOf(request);
    if (isLeft(key)) return refuse(connection, key.left);
    if (!isAllowedOrigin(request, allowedOrigins)) return refuseOrigin(connection);
    const refusal = refusedType(request.headers);
    if (refusal !== undefined) return refuse(connection, refusal);
    const publish = (feed: Feed, body: unknown): void => {
      const events = decodeBody(feed.contract, body, maxBatch);
      if (isLeft(events)) return refuseInput(connection, events.left, onInvalidInput?.(events.left, userRequest));
      const answer = (cursor: string): void =>
        connection.reply(202, { 'Content-Type': 'application/json' }, JSON.stringify({ cursor }));
      const published = publishOnce(
        feed,
        events.right,
        Array.isArray(body) ? body : [body],
        key.right && scoped(key.right),
      ).subscribe({
        next: (cursor) => (cursor === undefined ? refuse(connection, usedKey) : answer(cursor)),
        error: onError,
      });
      if (connection.state === 'waiting') connection.signal.addEventListener('abort', () => published.unsubscribe());
    };
    const scoped = (name: string): string =>
      client === undefined ? name : JSON.stringify([checkSynchronous('receive: client', client(userRequest)), name]);
    const onBody = (body: Either<Refusal, unknown>): void => {
      if (isLeft(body)) return refuse(connection, body.left);
      // Not before the body has arrived: a registry may evict a feed that is unused meanwhile.
      whenResolved(feedFor(userRequest), onError, (found) => {
        if (connection.state === 'waiting') publish(checkFeed(found), body.right);
      });
    };
    callGuarded(onError, () => readBody((body) => callGuarded(onError, () => onBody(body))));
  };
}

/**
 * Publishes events and emits their cursor or, where the key of the request was used for other events, `undefined`: those of
 * this request are then not stored.
 */
function publishOnce(
  feed: Feed,
  events: readonly TypedEvent[],
  sent: readonly unknown[],
  key: string | undefined,
): Observable<string | undefined> {
  if (key === undefined) return feed.publish(events);
  const stored = (cursor: string): Observable<string | undefined> =>
    coreOf(feed)
      ?.publisher.matches(events, sent, cursor)
      .pipe(map((isSame) => (isSame ? cursor : undefined))) ?? of(cursor);
  return feed.publish(events, { key }).pipe(concatMap(stored));
}

const usedKey: Refusal = {
  status: 422,
  issues: [
    { path: 'headers.idempotency-key', expected: 'a key of its own for another body', got: 'one that was used' },
  ],
};

/** Returns the idempotency key of a POST request, if it has one. */
function keyOf({ method, headers }: SseRequest): Either<Refusal, string | undefined> {
  if (method !== 'POST') return left({ status: 405, issues: [], headers: { Allow: 'POST' } });
  const key = headers['idempotency-key'];
  if (key === undefined) return right(undefined);
  if (typeof key === 'string' && /^[!-~]{1,255}$/.test(key)) return right(key);
  const expected = '1 to 255 visible ASCII characters';
  return left({ status: 400, issues: [{ path: 'headers.idempotency-key', expected, got: 'other text' }] });
}

/** Returns the refusal of events that the feed does not take, whatever the server does later. */
function permanentRefusal(error: unknown): Refusal | undefined {
  if (hasTag<LimitError>(error, 'LimitError')) {
    const { subject, limit } = error;
    const expected = `at most ${limit} bytes of data`;
    return { status: 413, issues: [{ path: subject ?? 'body', expected, got: 'more' }] };
  }
  if (!hasTag<ClosedError>(error, 'ClosedError') || error.state !== 'ended') return undefined;
  return { status: 409, issues: [{ path: 'feed', expected: 'a feed that takes events', got: 'one that has ended' }] };
}

function checkFeed(value: unknown): Feed {
  if (coreOf(value) === undefined) {
    throw new TypeError(
      isContract(value)
        ? 'receive: got the events of a contract, which are no feed: pass a feed of them, receive(feed(Orders))'
        : 'receive: expected a feed, or a function that returns one',
    );
  }
  return value as Feed;
}
