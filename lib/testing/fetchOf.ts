import { clock } from '../clock.ts';
import type { SseRequest } from '../sink/exchange.ts';
import type { RouteHandler } from './connectReader.ts';
import { Reader } from './Reader.ts';

/** The part of `fetch` that a client of streams uses. @category testing */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that is answered by a route, with no network between: for clients in
 * virtual time.
 *
 * The body is a stream that is pulled: while nobody reads, the route's socket is
 * full. Aborting the signal, or cancelling the body, is a client that has gone;
 * a connection that the route cuts errors the body.
 *
 * @example What a client gets of a route, in no time
 * it('reads', asyncMarbles(async () => {
 *   const fetch = fetchOf(sse(timer(5000)));
 *   const response = await fetch('/');
 *   expect(await response.text()).to.contain('data: 0');
 * }));
 *
 * @see {@link asyncMarbles}, since a `fetch` is a promise.
 * @category testing
 */
export function fetchOf<R extends SseRequest = SseRequest>(route: RouteHandler<R>): FetchLike {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const asked = requestOf(input, init);
      const { signal } = asked;
      if (signal.aborted) return reject(signal.reason);

      let body: ReadableStreamDefaultController<Uint8Array> | undefined;
      let given = 0;
      let isOver = false;
      const reader = new Reader({
        method: asked.method,
        lastEventId: asked.headers.get('last-event-id') ?? '',
        chunk: Infinity,
        now: () => clock.now(),
        later: (work) => clock.turn(work),
        mistake: (what) => fail(new Error(what)),
        onChange: () => changed(),
      });
      const fail = (error: unknown): void => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener('abort', leave);
        reject(error);
        body?.error(error);
      };
      const leave = (): void => {
        fail(signal.reason);
        reader.response.leave();
      };
      const changed = (): void => {
        const { status, headers, closed, ended } = reader;
        if (status !== undefined && body === undefined) resolve(new Response(begin(status), { status, headers }));
        for (; given < reader.writes.length && !isOver; given++) {
          const bytes = reader.writes[given]?.bytes;
          if (bytes !== undefined) body?.enqueue(new Uint8Array(bytes));
        }
        if (body !== undefined && (body.desiredSize ?? 1) <= 0 && closed === undefined) reader.response.fill();
        if (closed === undefined || isOver) return;
        if (ended === undefined || status === undefined) return fail(new TypeError('the connection broke'));
        isOver = true;
        signal.removeEventListener('abort', leave);
        body?.close();
      };
      const begin = (status: number): ReadableStream<Uint8Array> | null => {
        const stream = new ReadableStream<Uint8Array>({
          start: (controller) => {
            body = controller;
          },
          pull: () => reader.response.drain(),
          cancel: () => {
            isOver = true;
            signal.removeEventListener('abort', leave);
            reader.response.leave();
          },
        });
        return status === 204 || status === 304 ? null : stream;
      };

      signal.addEventListener('abort', leave);
      // A later step, as a request that travels.
      clock.turn(() => {
        if (isOver) return;
        const { pathname, search } = new URL(asked.url);
        const headers = Object.fromEntries(asked.headers);
        const request = { method: asked.method, url: pathname + search, headers } as SseRequest as R;
        try {
          route(request, reader.response, reader.next);
        } catch (error) {
          reader.next(error);
        }
      });
    });
}

function requestOf(input: string | URL | Request, init: RequestInit): Request {
  return new Request(typeof input === 'string' ? new URL(input, 'http://route.test') : input, init);
}
