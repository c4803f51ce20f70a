import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { callGuarded, whenResolved } from '../../data/callUser.ts';
import { Connection } from '../../sink/Connection.ts';
import type { Route } from '../../sink/Route.ts';
import { type Refusal, refuse } from '../../sink/refuse.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { serve } from '../../sink/serve.ts';
import { readJson } from './readJson.ts';
import { WebTransport } from './WebTransport.ts';

/** Returns the function that answers web requests by a route. It reads the body if the route decodes one. */
export function answering(
  route: Route,
  maxBodyBytes: number,
): (request: Request, context?: unknown) => Promise<Response> {
  const decodesBody = route.options.body !== undefined;

  return (request, context) =>
    exchange(request, (parts, transport, next) => {
      const answer = (params: unknown, body: unknown): void => {
        serve(route, { ...parts, params, body } satisfies SseRequest, transport, next, request);
      };

      whenResolved(partOf(context, 'params') ?? partOf(request, 'params'), next, (params) => {
        const body = partOf(context, 'body');
        // A GET or HEAD has no body. It can resume the stream that a POST has started.
        if (!decodesBody || body !== undefined || /^(GET|HEAD)$/.test(request.method)) return answer(params, body);
        const onBody = (json: Either<Refusal, unknown>): void => {
          if (isLeft(json)) refuse(new Connection(transport), json.left);
          else answer(params, json.right);
        };
        readJson(request, parts.headers, maxBodyBytes).then((json) => callGuarded(next, () => onBody(json)), next);
      });
    });
}

/** The parts of a web request that the sink reads. */
type WebRequestParts = SseRequest & { readonly headers: Readonly<Record<string, string>> };

/**
 * Returns the promise of the response to one web request. An error that is passed to `next` rejects it, and a `Response`
 * that is thrown resolves it.
 */
export function exchange(
  request: Request,
  handle: (parts: WebRequestParts, transport: WebTransport, next: (error: unknown) => void) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const transport = new WebTransport(request.signal, resolve);
    const next = (error: unknown): void => {
      transport.listen(undefined);
      if (error instanceof Response) resolve(error);
      else reject(error);
    };
    const { method, url } = request;
    handle({ method, url, headers: Object.fromEntries(request.headers) }, transport, next);
  });
}

/** Returns a part of what a framework passes beside or in a request. */
export function partOf(owner: unknown, name: 'params' | 'body'): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Readonly<Record<string, unknown>>)[name] : undefined;
}
