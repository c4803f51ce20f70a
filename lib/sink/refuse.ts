import { type Issue, linesOf } from '../codec/describeFailure.ts';
import { isObject } from '../codec/exact/record.ts';
import { checkSynchronous } from '../data/callUser.ts';
import { reportError } from '../error/reportError.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import { randomFraction } from '../time/clock.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry } from '../wire/Frame.ts';
import type { Connection } from './Connection.ts';
import { connectionChannels, publishMessage } from './connectionChannels.ts';
import type { Route } from './Route.ts';
import type { RefusalReason } from './RouteStats.ts';
import { hasContent, hasJsonType } from './requestInputs.ts';
import type { AnyContext } from './SseContext.ts';
import type { SseRequest } from './SseRequest.ts';

/** Counts a request that gets something other than the stream, and publishes why. */
export function recordRefusal(
  session: { readonly route: Route; readonly connection: Connection; readonly context: AnyContext },
  reason: RefusalReason,
  error?: unknown,
): void {
  session.route.stats.refused[reason]++;
  const channel = connectionChannels.refuse;
  if (channel?.hasSubscribers) publishMessage(channel, session, { reason, error });
}

const problemType = 'application/problem+json';

const titles = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
} as const;

/** More would let a small request cause a large response. */
const maxErrors = 100;

/** Why a request is refused. */
export interface Refusal {
  readonly status: keyof typeof titles;
  readonly issues: readonly Issue[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a request that does not have the form the route expects. The answer names every path and no value: the first
 * hundred issues, and all of them in words.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457 for the format.
 */
export function refuse(connection: Connection, { status, issues, headers }: Refusal): void {
  const errors = issues.slice(0, maxErrors).map(({ path, expected, got }) => ({ path, expected, got }));
  const details = issues.length === 0 ? {} : { detail: linesOf(issues).join('; '), errors };
  reply(connection, status, { title: titles[status], ...details }, headers);
}

/** Refuses a method that the route does not answer. */
export function refuseMethod(connection: Connection, methods: ReadonlySet<string>): void {
  refuse(connection, { status: 405, issues: [], headers: { Allow: [...methods].join(', ') } });
}

/** Refuses a request of a page whose origin is not allowed. */
export function refuseOrigin(connection: Connection): void {
  const issue = { path: 'headers.origin', expected: 'an allowed origin', got: 'another' };
  refuse(connection, { status: 403, issues: [issue] });
}

/**
 * Returns the refusal of a body that no parser has read, since its type is not JSON: a form, for example, as `curl -d` sends it.
 * The body is then absent, or empty with the parsers of Express 4.
 */
export function refusedForm(request: SseRequest): Refusal | undefined {
  const { body } = request;
  const isRead = body !== undefined && !(isObject(body) && Object.keys(body).length === 0);
  if (isRead || hasJsonType(request) || !hasContent(request)) return undefined;
  const got = request.headers['content-type'] === undefined ? 'none' : 'another';
  return { status: 415, issues: [{ path: 'headers.content-type', expected: 'application/json', got }] };
}

/** Refuses parts of a request that do not decode; `answer` is what the program answers instead of the problem. */
export function refuseInput(connection: Connection, issues: readonly Issue[], answer?: object): void {
  if (answer === undefined) return refuse(connection, { status: 422, issues });
  checkSynchronous('onInvalidInput', answer);
  replyJson(connection, 422, answer);
}

/** Answers with JSON that no cache stores. */
export function replyJson(connection: Connection, status: number, value: object): void {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  connection.reply(status, headers, JSON.stringify(value));
}

/**
 * Answers with the `status` of an error, or 500, and nothing else of the error. An error of the server is reported,
 * since there is no `next` that would get it.
 */
export function refuseError(connection: Connection, error: unknown, where: string): void {
  const status = statusOf(error);
  if (status >= 500) reportError(where, error);
  reply(connection, status, {});
}

/** Answers for a server without room to a client that is not an EventSource, with a random `Retry-After`. */
export function refuseFullServer(connection: Connection): void {
  const seconds = Math.ceil(5 * (1 + randomFraction()));
  reply(connection, 503, { title: 'Service Unavailable' }, { 'Retry-After': String(seconds) });
}

function reply(connection: Connection, status: number, members: object, headers: Refusal['headers'] = {}): void {
  const body = JSON.stringify({ type: 'about:blank', status, ...members });
  connection.reply(status, { 'Content-Type': problemType, 'Cache-Control': 'no-store', ...headers }, body);
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  const { status } = error;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}

/** The wait that a full server sends to readers, in milliseconds. */
const retryWhenFull: RetryRange = [5000, 10_000];

/** Returns a random wait in the range, so that not all readers reconnect together. */
export function randomWait([min, max]: RetryRange): number {
  return Math.round(min + (max - min) * randomFraction());
}

/**
 * Answers for a server that takes no more readers now.
 *
 * Any answer but 200 would end a native EventSource for good, so a request that may be one gets a stream with a
 * `retry:`, and ends. A client of this library, which has a header for that, gets the status and `Retry-After`, and so does
 * every client of a route without `retry:`, which could take an empty stream for an answer.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function refuseReader(
  connection: Connection,
  request: SseRequest,
  { headers, wire }: Pick<Route, 'headers' | 'wire'>,
  status: 503 | 429,
  range: RetryRange = retryWhenFull,
): void {
  const wait = randomWait(range);
  const refused = { 'Rxsse-Resume': 'refused' };
  if (wire.retry && request.headers['rxsse-client'] === undefined) {
    connection.reply(200, { ...headers, ...refused }, encodeFrame(retry(wait)), true);
  } else {
    const retryAfter = String(Math.ceil(wait / 1000));
    connection.reply(status, { ...refused, 'Retry-After': retryAfter, 'Cache-Control': 'no-store' }, '', true);
  }
}
