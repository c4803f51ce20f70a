import type { Next, SseRequest } from '../../sink/SseRequest.ts';
import type { NodeResponse, SseResponse } from './NodeResponse.ts';
import { NodeTransport } from './NodeTransport.ts';

/** The reply of Fastify, as far as a handler uses it. */
export interface FastifyReply {
  readonly raw: SseResponse;
  getHeaders(): Readonly<Record<string, number | string | readonly string[] | undefined>>;
  hijack(): unknown;
}

/** The context of Koa, as far as a handler uses it. */
export interface KoaContext {
  readonly req: object;
  readonly res: SseResponse;
  readonly request: SseRequest;
  respond?: boolean | undefined;
}

/**
 * The forms in which frameworks call a handler. The promise of Koa and Fastify rejects with an error before the first byte;
 * elsewhere, and for a caller of Fastify's form that passes `next`, that gets it. `N` is the request of Node's own servers and of
 * Express, where that has to be more than the request of Fastify or the context of Koa.
 */
export interface NodeHandler<R extends SseRequest, N extends R = R> {
  (context: R & KoaContext, next: () => Promise<unknown>): Promise<void>;
  (request: R, reply: FastifyReply): Promise<void>;
  (request: R, reply: FastifyReply, next: Next): void;
  (request: N, response: SseResponse, next?: Next): void;
}

/** One request, as a framework presents it. */
interface NodeExchange {
  readonly request: SseRequest;
  /** The functions of the program get this: the request or, on Koa, the context. */
  readonly userRequest: SseRequest;
  /** Node's own request. */
  readonly rawRequest: object;
  readonly transport: NodeTransport;
  readonly next: Next | undefined;
}

/** Makes a function the handler of Express, Fastify, Koa, and Node's own servers. */
export function nodeHandler(answer: (exchange: NodeExchange) => void) {
  return (
    request: SseRequest | (SseRequest & KoaContext),
    response: SseResponse | FastifyReply | (() => Promise<unknown>),
    next?: Next,
  ): void | Promise<void> => {
    if (response === undefined) {
      throw new TypeError('the handler was called without a response: pass it (request, response, next)');
    }
    if (typeof response === 'function') return answerKoa(request as SseRequest & KoaContext, answer);
    if ('raw' in response) return answerFastify(request, response, next, answer);
    const transport = new NodeTransport(response);
    answer({ request, userRequest: request, rawRequest: request, transport, next });
  };
}

function answerKoa(context: SseRequest & KoaContext, answer: (exchange: NodeExchange) => void): Promise<void> {
  const { req: rawRequest, request } = context;
  const takeOver = (): void => {
    context.respond = false;
  };
  return promiseOf(context.res, takeOver, (transport, next) =>
    answer({ request, userRequest: context, rawRequest, transport, next }),
  );
}

function answerFastify(
  request: SseRequest & { readonly raw?: object },
  reply: FastifyReply,
  next: Next | undefined,
  answer: (exchange: NodeExchange) => void,
): void | Promise<void> {
  const rawRequest = request.raw ?? request;
  const response = reply.raw as NodeResponse;
  const takeOver = (): void => {
    // Fastify holds the headers of its hooks and plugins back until it sends a response itself.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value);
    }
    reply.hijack();
  };
  const answerOver = (transport: NodeTransport, next: Next): void =>
    answer({ request, userRequest: request, rawRequest, transport, next });
  return next === undefined
    ? promiseOf(response, takeOver, answerOver)
    : answerOver(new NodeTransport(response, takeOver), next);
}

/**
 * Returns a promise that resolves when the framework must not answer any more: with the head, or when the client has
 * disconnected before it. It rejects with an error that the framework answers.
 */
function promiseOf(
  response: SseResponse,
  takeOver: () => void,
  answer: (transport: NodeTransport, next: Next) => void,
): Promise<void> {
  const closable = response as NodeResponse;
  return new Promise((resolve, reject) => {
    const onClose = (): void => resolve();
    closable.on('close', onClose);
    const beforeHead = (): void => {
      closable.removeListener('close', onClose);
      takeOver();
      resolve();
    };
    answer(new NodeTransport(response, beforeHead), reject);
  });
}
