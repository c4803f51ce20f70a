import type { RequestListener } from 'node:http';
import { concatMap, from, map, type Observable, timer } from 'rxjs';
import { events, feed, Json, sse, type WireProfile } from '../../lib/index.ts';
import { type Message, message } from '../../lib/wire/index.ts';

/** An event of another protocol: its name, where the protocol has names, and its data. */
export interface Part {
  readonly event?: string;
  readonly data: Json;
}

/** Returns the parts, a millisecond apart, as a model sends them. */
export const spoken = (parts: readonly Part[]): Observable<Message> =>
  from(parts).pipe(concatMap((part) => timer(1).pipe(map(() => message(part)))));

/** Returns a feed of the parts that has ended. */
function feedOf(parts: readonly Part[]) {
  // `message` is the name of an event without a name.
  const names = [...new Set(parts.map(({ event = 'message' }) => event))];
  const stored = feed(events(Object.fromEntries(names.map((name) => [`${name}`, Json]))));
  for (const { event: type = 'message', data } of parts) void stored.publish({ type, data });
  void stored.end();
  return stored;
}

/** The methods of these clients: most of them send a POST. */
export const methods = ['GET', 'POST'] as const;

/** The kinds of streams that a route may send, each with the whole answer. */
export const kinds: Readonly<Record<string, (wire: WireProfile, parts: readonly Part[]) => RequestListener>> = {
  'a plain stream': (wire, parts) => sse({ wire, methods }, spoken(parts)) as RequestListener,
  'a run': (wire, parts) => sse({ wire, methods, resume: { linger: 1000 } }, () => spoken(parts)) as RequestListener,
  'a feed': (wire, parts) => sse({ wire, methods, resume: { from: 'oldest' } }, feedOf(parts)) as RequestListener,
  'a pipeline': (wire, parts) => {
    const stored = feedOf(parts);
    return sse({ wire, methods, resume: { from: 'oldest' } }, (context) => stored.read(context)) as RequestListener;
  },
};

/** Cuts the first connection of a route when this text has been written, and calls back for each request. */
export function cutOnce(
  route: RequestListener,
  text: string,
  onRequest: (lastEventId: string | undefined) => void = () => {},
): RequestListener {
  let isCut = false;
  return (request, response) => {
    onRequest(request.headers['last-event-id'] as string | undefined);
    const { write } = response;
    let written = '';
    response.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
      const hasRoom = Reflect.apply(write, response, [chunk, ...rest]);
      written += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      if (!isCut && written.includes(text)) {
        isCut = true;
        // After the written bytes were sent.
        setImmediate(() => response.destroy());
      }
      return hasRoom;
    };
    route(request, response);
  };
}

/** Reads everything that a client delivers. An error is the last item. */
export async function allOf<T>(read: () => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>): Promise<unknown[]> {
  const delivered: unknown[] = [];
  try {
    for await (const value of await read()) delivered.push(value);
  } catch (error) {
    delivered.push(error);
  }
  return delivered;
}
