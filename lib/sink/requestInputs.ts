import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Issue, linesOf } from '../codec/describeFailure.ts';
import { recordDecoder } from '../codec/ExactShape.ts';
import type { Shape } from '../codec/Shape.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { SseRequest } from './SseRequest.ts';

/** The parts of a request that a route can decode. */
export interface RequestInputs {
  readonly query: unknown;
  readonly params: unknown;
  readonly body: unknown;
}

/** The inputs of a request before they are decoded. */
export const noInputs: RequestInputs = { query: undefined, params: undefined, body: undefined };

export interface InputDecoder {
  /** Decodes all parts. One answer names everything that is wrong. @throws TypeError for a body that no parser has read. */
  (request: SseRequest): Either<readonly Issue[], RequestInputs>;
  /** Returns parts that are decoded when they are read, for a request that need not have all of them. Each throws a `DecodeError` with the `status` 422. */
  readonly whenRead: (request: SseRequest) => RequestInputs;
}

/**
 * Creates the decoder of a route's inputs. A part without a shape is passed on as it is.
 *
 * @throws TypeError for a shape that cannot be decoded exactly.
 */
export function inputDecoder(shapes: { readonly [K in keyof RequestInputs]?: Shape | undefined }): InputDecoder {
  const query = decoderOf('query', shapes.query);
  const params = decoderOf('params', shapes.params);
  const body = decoderOf('body', shapes.body);

  // Some frameworks parse a part each time it is read, and most routes read none.
  if ((shapes.query ?? shapes.params ?? shapes.body) === undefined) {
    const whenRead = (request: SseRequest): RequestInputs => new RawInputs(request);
    return Object.assign((request: SseRequest) => right(whenRead(request)), { whenRead });
  }

  const decodeAll = (request: SseRequest): Either<readonly Issue[], RequestInputs> => {
    const decodedQuery = query(queryOf(request));
    const decodedParams = params(request.params);
    const decodedBody = body(request.body);
    if (!isLeft(decodedQuery) && !isLeft(decodedParams) && !isLeft(decodedBody)) {
      return right({ query: decodedQuery.right, params: decodedParams.right, body: decodedBody.right });
    }
    if (isLeft(decodedBody) && isUnparsed(request)) {
      throw new TypeError(
        'sse: no parser left the JSON of the request in request.body: mount express.json() before it',
      );
    }
    const issues = [decodedQuery, decodedParams, decodedBody].flatMap((part) => (isLeft(part) ? part.left : []));
    return left(issues);
  };
  const whenRead = (request: SseRequest): RequestInputs => ({
    get query() {
      return decodedOrThrown(queryOf(request), query);
    },
    get params() {
      return decodedOrThrown(request.params, params);
    },
    get body() {
      return decodedOrThrown(request.body, body);
    },
  });
  return Object.assign(decodeAll, { whenRead });
}

function decodedOrThrown(part: unknown, decode: ReturnType<typeof decoderOf>): unknown {
  const decoded = decode(part);
  if (isLeft(decoded)) throw Object.assign(new DecodeError(part, linesOf(decoded.left)), { status: 422 });
  return decoded.right;
}

/** The inputs of a route that decodes none, read when they are needed. */
class RawInputs implements RequestInputs {
  readonly #request: SseRequest;

  constructor(request: SseRequest) {
    this.#request = request;
  }

  get query(): unknown {
    return queryOf(this.#request);
  }

  get params(): unknown {
    return this.#request.params;
  }

  get body(): unknown {
    return this.#request.body;
  }
}

function decoderOf(root: string, shape: Shape | undefined): (value: unknown) => Either<readonly Issue[], unknown> {
  return shape === undefined ? right : recordDecoder(shape, root);
}

/** Returns true for a request whose body is JSON that nothing has read: a mistake of the program, not of its client. */
function isUnparsed(request: SseRequest): boolean {
  return request.body === undefined && hasJsonType(request) && hasContent(request);
}

/** Returns true for the type that a parser of JSON reads; `application/ld+json`, for example, needs an option of it. */
export function hasJsonType({ headers }: SseRequest): boolean {
  return /^application\/json *(;|$)/i.test(String(headers['content-type']));
}

/** Returns true for a request that has sent a body. */
export function hasContent({ headers }: SseRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}

/**
 * Returns the cursor that a reader resumes from, as text: the `Last-Event-ID` header or, for a page or a client that
 * cannot set it, the query parameter `lastEventId`. The header wins: EventSource repeats the URL but updates the header.
 */
export function requestedCursor(request: SseRequest): string | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  // Some frameworks parse the query each time it is read. A name can be written with escapes.
  if (request.url?.includes('?') && !/lastEventId|%/.test(request.url)) return undefined;
  const query = queryOf(request);
  if (typeof query !== 'object' || query === null) return undefined;
  const { lastEventId } = query as { readonly lastEventId?: unknown };
  if (typeof lastEventId === 'string') return lastEventId === '' ? undefined : lastEventId;
  // Frameworks differ in what they make of `lastEventId[]=a` and of a name that is repeated.
  const isStructured = lastEventId !== undefined || Object.keys(query).some((name) => name.startsWith('lastEventId['));
  return isStructured ? unreadableCursor : undefined;
}

/** Not a cursor: the reader gets the gap `invalid`, and is not silently served from the tail. */
const unreadableCursor = '?';

/** Shared, so that a reader without a query costs no object of its own. */
const emptyQuery = Object.freeze(Object.create(null) as object);

/** Returns the query as the framework parsed it, or else parses that of `url`: a repeated name becomes an array. */
function queryOf(request: SseRequest): unknown {
  if (request.query !== undefined) return request.query;
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  if (mark === -1) return emptyQuery;
  // Without a prototype, since a parameter may be called `__proto__`.
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(url.slice(mark))) {
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (typeof before === 'string') query[name] = [before, value];
    else before.push(value);
  }
  return query;
}

/** The origins, `https://shop.example` for example, whose pages may send a request; `'*'` for all. @category sink */
export type AllowedOrigins = '*' | readonly string[];

/**
 * Returns true unless a page of another origin sent the request. A request without `Sec-Fetch-Site` and `Origin` is not a
 * browser's.
 *
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isAllowedOrigin({ headers }: SseRequest, allowed: AllowedOrigins): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (allowed === '*' || (typeof origin === 'string' && allowed.includes(origin))) return true;
  // The browser itself says where the page is from; behind a proxy the host may be another one than the page's. `none`: the
  // user typed the address.
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || hostOf(origin) === hostOf(headers[':authority'] ?? host);
}

/** @throws TypeError for anything but a list of origins or `'*'` */
export function checkOrigins(name: string, origins: unknown): void {
  const isOrigin = (value: unknown): boolean => typeof value === 'string' && /^https?:\/\/[^/]+$/.test(value);
  if (origins === '*' || (Array.isArray(origins) && origins.every(isOrigin))) return;
  throw new TypeError(`${name} must be '*' or a list of origins such as 'https://shop.example', without a path`);
}

function hostOf(value: unknown): string {
  return String(value)
    .replace(/^https?:\/\//, '')
    .toLowerCase();
}

/**
 * Returns the JSON of the answer to a request that does not decode, in place of the problem that the library describes.
 * `undefined` leaves that problem. What it throws goes to `next`.
 *
 * @category sink
 */
export type OnInvalidInput<R> = (issues: readonly Issue[], request: R) => object | undefined;
