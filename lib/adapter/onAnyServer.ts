import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { callGuarded } from '../data/callUser.ts';
import { Connection } from '../sink/Connection.ts';
import { type Refusal, refuse, refuseError } from '../sink/refuse.ts';
import { describeRequest, type Next, type SseRequest } from '../sink/SseRequest.ts';
import type { Transport } from '../sink/Transport.ts';
import { type NodeHandler, nodeHandler } from './node/nodeHandler.ts';
import { type ReceiveRequest, readBody } from './node/readBody.ts';
import { exchange, partOf } from './web/answering.ts';
import { readJson } from './web/readJson.ts';

/**
 * A handler for Express, Fastify, Koa and plain `http` servers, and for servers that turn a `Request` into a `Response`.
 *
 * @category adapter
 */
export interface AnyServerHandler<R> extends NodeHandler<R & SseRequest, R & ReceiveRequest> {
  (request: R & Request, context?: unknown): Promise<Response>;
}

/** One request of any server. */
export interface ServerRequest {
  /** The parts that the sink reads. */
  readonly parts: SseRequest;
  /** The path and query as the client sent them: a framework removes the path that a handler is mounted at from `url`. */
  readonly originalUrl: string;
  /** True where the framework has another handler for what `next` is called for without an error. */
  readonly hasNext: boolean;
  /** The object of the server. */
  readonly userRequest: unknown;
  readonly transport: Transport;
  /** Gets an error, or, without one, a request for another handler. */
  readonly next: Next;
  /** Calls back with the JSON of the body; a body that is refused is answered. */
  readBody(done: (body: unknown) => void): void;
}

/** A request that is answered with a status and no stream: thrown by the function of a route. */
export class StatusAnswer {
  readonly status: 204 | Refusal['status'];

  constructor(status: StatusAnswer['status']) {
    this.status = status;
  }
}

/** Returns a handler for all servers. A `StatusAnswer` that is passed to `next` is the answer. */
export function onAnyServer<R>(maxBodyBytes: number, handle: (request: ServerRequest) => void): AnyServerHandler<R> {
  const start = (
    request: Omit<ServerRequest, 'next' | 'readBody'>,
    next: Next | undefined,
    read: (done: (body: Either<Refusal, unknown>) => void) => void,
  ): void => {
    const { transport, userRequest } = request;
    const onNext = (error?: unknown): void => {
      if (error instanceof StatusAnswer) answer(transport, error.status);
      else if (next !== undefined) next(error);
      else if (error === undefined) answer(transport, 404);
      else refuseError(new Connection(transport), error, describeRequest(userRequest));
    };
    const readJsonBody = (done: (body: unknown) => void): void =>
      callGuarded(onNext, () =>
        read((body) => {
          if (isLeft(body)) refuse(new Connection(transport), body.left);
          else callGuarded(onNext, () => done(body.right));
        }),
      );
    handle({ ...request, next: onNext, readBody: readJsonBody });
  };

  /** Has no next handler: what awaits a promise gets an answer. */
  const awaited =
    (transport: Transport, reject: Next): Next =>
    (error) =>
      error === undefined ? answer(transport, 404) : reject(error);
  const onNode = nodeHandler(({ request, userRequest, rawRequest, transport, next }) => {
    const { method, url = '/', headers } = request;
    const { originalUrl = url } = request as { readonly originalUrl?: string };
    const isAwaited = next !== undefined && userRequest !== rawRequest;
    const hasNext = next !== undefined && !isAwaited;
    start(
      { parts: { method, url, headers }, originalUrl, hasNext, userRequest, transport },
      isAwaited ? awaited(transport, next) : next,
      (done) => readBody(request, rawRequest as ReceiveRequest, maxBodyBytes, done),
    );
  });

  return ((request: unknown, ...rest: [never, Next?]) => {
    if (!(request instanceof Request)) return onNode(request as SseRequest, ...rest);
    return exchange(request, (parts, transport, reject) => {
      const originalUrl = request.url.replace(/^\w+:\/\/[^/?]*/, '');
      const server = { parts, originalUrl, hasNext: false, userRequest: request, transport };
      start(server, awaited(transport, reject), (done) => {
        const [other] = rest;
        const body = partOf(other, 'body');
        if (body !== undefined) return done(right(body));
        readJson(request, parts.headers, maxBodyBytes).then(done, reject);
      });
    });
  }) as AnyServerHandler<R>;
}

function answer(transport: Transport, status: StatusAnswer['status']): void {
  const connection = new Connection(transport);
  if (status === 204) connection.reply(status, { 'Cache-Control': 'no-store' });
  else refuse(connection, { status, issues: [] });
}
