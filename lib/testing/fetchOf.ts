import { checkOptions } from '../data/checkOptions.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { clock } from '../time/clock.ts';
import type { RouteHandler } from './connectReader.ts';
import { type Incoming, incomingOf } from './incomingOf.ts';
import { TestReader } from './TestReader.ts';

/** The part of `fetch` that a client of streams uses. */
type VirtualFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** How a route gets the body of a request. @category testing */
export interface FetchOfOptions {
  /**
   * Parses a JSON body into `request.body`, as `express.json()` does before a route. `false` leaves it to the route to
   * read, with its own limit, as `receive` does.
   *
   * @default true
   */
  readonly json?: boolean;
}

/**
 * Creates a `fetch` that a route answers without a network, for clients in virtual time.
 *
 * The body is a stream that is pulled: while it is not read, the route's socket is full. Aborting the signal, or
 * cancelling the body, disconnects the client; a connection that the route cuts errors the body. The request's own body
 * is sent as a whole, and read as that of Node's requests; a stream is rejected.
 *
 * @example Read a route in virtual time
 * it('reads', asyncMarbles(async () => {
 *   const fetch = fetchOf(sse(timer(5000)));
 *   const response = await fetch('/');
 *   expect(await response.text()).to.contain('data: 0');
 * }));
 *
 * @see {@link asyncMarbles}, since a `fetch` is a promise.
 * @category testing
 */
export function fetchOf<R extends SseRequest = SseRequest>(
  route: RouteHandler<R>,
  options: FetchOfOptions = {},
): VirtualFetch {
  checkOptions('fetchOf', options, { json: 'boolean' });
  const { json = true } = options;
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      if (typeof init.body === 'object' && init.body !== null && Symbol.asyncIterator in init.body) {
        throw new TypeError('fetchOf: the body must be text or bytes, got a stream; read it and pass its bytes');
      }
      const request = fetchRequestOf(input, init);
      const { signal } = request;
      if (signal.aborted) return reject(signal.reason);

      let body: ReadableStreamDefaultController<Uint8Array> | undefined;
      let count = 0;
      let isDone = false;
      let incoming: Incoming | undefined;
      const reader = new TestReader({
        method: request.method,
        lastEventId: request.headers.get('last-event-id') ?? '',
        chunk: Infinity,
        now: () => clock.now(),
        later: (work) => clock.turn(work),
        onMistake: (what) => fail(new Error(what)),
        onChange: () => copyWrites(),
      });
      const fail = (error: unknown): void => {
        if (isDone) return;
        isDone = true;
        signal.removeEventListener('abort', abort);
        reject(error);
        body?.error(error);
      };
      const abort = (): void => {
        fail(signal.reason);
        incoming?.disconnect();
        reader.response.disconnect();
      };
      const copyWrites = (): void => {
        const { status, headers, closedAt: closed, endedAt: ended } = reader;
        if (status !== undefined && body === undefined) resolve(new Response(startBody(status), { status, headers }));
        for (; count < reader.writes.length && !isDone; count++) {
          const bytes = reader.writes[count]?.bytes;
          if (bytes !== undefined) body?.enqueue(new Uint8Array(bytes));
        }
        if (body !== undefined && (body.desiredSize ?? 1) <= 0 && closed === undefined) reader.response.fill();
        if (closed === undefined || isDone) return;
        if (ended === undefined || status === undefined)
          return fail(new TypeError('fetchOf: the route cut the connection before the response had ended'));
        isDone = true;
        signal.removeEventListener('abort', abort);
        body?.close();
      };
      const startBody = (status: number): ReadableStream<Uint8Array> | null => {
        const stream = new ReadableStream<Uint8Array>({
          start: (controller) => {
            body = controller;
          },
          pull: () => reader.response.drain(),
          cancel: () => {
            isDone = true;
            signal.removeEventListener('abort', abort);
            incoming?.disconnect();
            reader.response.disconnect();
          },
        });
        return status === 204 || status === 304 ? null : stream;
      };

      signal.addEventListener('abort', abort);
      const callRoute = (bytes?: Uint8Array): void => {
        if (isDone) return;
        incoming = incomingOf(request, bytes, json);
        try {
          route(incoming.request as R, reader.response, reader.next);
        } catch (error) {
          reader.next(error);
        }
      };
      // A later step, as for a request over a network.
      if (request.body === null) clock.turn(() => callRoute());
      else request.arrayBuffer().then((bytes) => clock.turn(() => callRoute(new Uint8Array(bytes))), fail);
    });
}

function fetchRequestOf(input: string | URL | Request, init: RequestInit): Request {
  return new Request(typeof input === 'string' ? new URL(input, 'http://route.test') : input, init);
}
