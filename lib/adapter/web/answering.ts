import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { Connection } from '../../sink/Connection.ts';
import { callGuarded, whenResolved } from '../../sink/callUser.ts';
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
  const readsBody = route.options.body !== undefined;

  return (request, context) =>
    new Promise((resolve, reject) => {
      const transport = new WebTransport(request.signal, resolve);
      const next = rejecting(transport, resolve, reject);
      const { method, url } = request;
      const headers = Object.fromEntries(request.headers);
      const answer = (params: unknown, body: unknown): void => {
        serve(route, { method, url, headers, params, body } satisfies SseRequest, transport, next, request);
      };

      whenResolved(partOf(context, 'params') ?? partOf(request, 'params'), next, (params) => {
        const body = partOf(context, 'body');
        if (!readsBody || body !== undefined) return answer(params, body);
        const onBody = (json: Either<Refusal, unknown>): void => {
          if (isLeft(json)) refuse(new Connection(transport), json.left);
          else answer(params, json.right);
        };
        readJson(request, headers, maxBodyBytes).then((json) => callGuarded(next, () => onBody(json)), next);
      });
    });
}

/** Returns what an error is passed to: it rejects the promise of the response, and a `Response` that is thrown is it. */
export function rejecting(
  transport: WebTransport,
  resolve: (response: Response) => void,
  reject: (error: unknown) => void,
): (error: unknown) => void {
  return (error) => {
    transport.listen(undefined);
    if (error instanceof Response) resolve(error);
    else reject(error);
  };
}

/** Returns a part of what a framework passes beside or in a request. */
export function partOf(owner: unknown, name: 'params' | 'body'): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Readonly<Record<string, unknown>>)[name] : undefined;
}
