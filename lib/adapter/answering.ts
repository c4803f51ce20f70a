import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { Connection } from '../sink/Connection.ts';
import { attempt, whenResolved } from '../sink/callUser.ts';
import type { SseRequest } from '../sink/exchange.ts';
import type { Route } from '../sink/Route.ts';
import { type Refusal, refuse } from '../sink/refuse.ts';
import { serve } from '../sink/serve.ts';
import { BodyResponse } from './BodyResponse.ts';
import { jsonOf } from './jsonOf.ts';

/** Answers web requests by a route; a body that it asks for is read up to so many bytes. */
export function answering(route: Route, limit: number): (request: Request, given?: unknown) => Promise<Response> {
  const readsBody = route.options.body !== undefined;

  return (request, given) =>
    new Promise((resolve, reject) => {
      const response = new BodyResponse(request.signal, resolve);
      const next = (error: unknown): void => {
        response.abandon();
        if (error instanceof Response) resolve(error);
        else reject(error);
      };
      const { method, url } = request;
      const headers = Object.fromEntries(request.headers);
      const answer = (params: unknown, body: unknown): void => {
        serve(route, { method, url, headers, params, body } satisfies SseRequest, response, next, request);
      };

      whenResolved(partOf(given, 'params') ?? partOf(request, 'params'), next, (params) => {
        const body = partOf(given, 'body');
        if (!readsBody || body !== undefined) return answer(params, body);
        const read = (json: Either<Refusal, unknown>): void => {
          if (isLeft(json)) refuse(new Connection(response), json.left);
          else answer(params, json.right);
        };
        jsonOf(request, headers, limit).then((json) => attempt(next, () => read(json)), next);
      });
    });
}

function partOf(owner: unknown, name: 'params' | 'body'): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Readonly<Record<string, unknown>>)[name] : undefined;
}
