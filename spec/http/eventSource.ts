import { EventSource, type FetchLikeResponse } from 'eventsource';
import { closing } from '../support/closing.ts';
import { fetchOver } from '../support/http2.ts';

/** One request of an EventSource, as it was sent. */
export interface Attempt {
  /** The header `Last-Event-ID` of the request. */
  readonly lastEventId: string | undefined;
  /** The status of the response; 0 before it. */
  status: number;
  /** The header `Rxsse-Resume` of the response. */
  resume: string | undefined;
  /** The part of the body that was read. */
  text: string;
}

export interface FollowOptions {
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Awaited before each chunk of a body is read, while the socket waits. @default no wait */
  readonly pace?: () => Promise<unknown>;
  /** The longest wait, in ms. Below the timeout of mocha, so that the failure shows what was received. @default 4000 */
  readonly patience?: number;
}

/** An EventSource of another library, and what a page receives from it. */
export interface Follower {
  readonly source: EventSource;
  readonly attempts: readonly Attempt[];
  /** The data of ticks, and the events of the library in short: `gap trimmed`, `end`, `closed`. */
  readonly seen: readonly string[];
  /** Every event except `error` and `open`. */
  readonly events: readonly MessageEvent[];
  /** Resolves when the predicate returns true; it is called for each event, chunk and error. */
  until(predicate: (follower: Follower) => boolean): Promise<void>;
}

// As in pages, which do not listen to `rxsse.position`.
const names = ['message', 'tick', 'rxsse.gap', 'rxsse.end'];

/** Reads a URL with an EventSource that reconnects until it is closed, or the callback is done. */
export async function follow<T>(
  url: string,
  use: (follower: Follower) => T | Promise<T>,
  { headers = {}, pace, patience = 4000 }: FollowOptions = {},
): Promise<T> {
  const attempts: Attempt[] = [];
  const seen: string[] = [];
  const events: MessageEvent[] = [];
  const watching = new Set<() => void>();
  const checkAll = (): void => {
    for (const check of [...watching]) check();
  };

  const source = new EventSource(url, {
    fetch: async (input, init) => {
      const attempt: Attempt = { lastEventId: init.headers['Last-Event-ID'], status: 0, resume: undefined, text: '' };
      attempts.push(attempt);
      const response = await fetchOver(input, { ...init, headers: { ...init.headers, ...headers } });
      attempt.status = response.status;
      attempt.resume = response.headers.get('rxsse-resume') ?? undefined;
      return tapped(response, pace, (text) => {
        attempt.text += text;
        // The EventSource parses in microtasks, and the bytes must be parsed before the check.
        setImmediate(checkAll);
      });
    },
  });
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent) => {
      events.push(event);
      seen.push(short(name, event.data));
      checkAll();
    });
  }
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) seen.push('closed');
    checkAll();
  });

  const until: Follower['until'] = (predicate) =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!predicate(follower)) return;
        clearTimeout(limit);
        watching.delete(check);
        resolve();
      };
      const limit = setTimeout(() => {
        watching.delete(check);
        const received = JSON.stringify({ attempts, seen });
        reject(new Error(`waited for ${predicate}, but not within ${patience} ms; received: ${received}`));
      }, patience);
      watching.add(check);
      check();
    });
  const follower: Follower = { source, attempts, seen, events, until };
  return closing(
    async () => source.close(),
    () => use(follower),
  );
}

/** Returns whether a position was received, by its bytes, since no listener receives it. */
export const hasPosition = ({ attempts }: Follower): boolean =>
  /event: rxsse\.position\n.*\n\n/s.test(attempts.at(-1)?.text ?? '');

function short(name: string, data: string): string {
  if (name === 'rxsse.gap') return `gap ${JSON.parse(data).reason}`;
  if (name === 'rxsse.end') return data === 'null' ? 'end' : `end ${JSON.parse(data).reason}`;
  return name === 'tick' ? data : `${name} ${data}`;
}

/** Returns the same response, whose body is read chunk by chunk, at a pace, and reported. */
function tapped(response: Response, pace: FollowOptions['pace'], onText: (text: string) => void): FetchLikeResponse {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const body =
    reader &&
    new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          await pace?.();
          const { done, value } = await reader.read();
          if (done) return controller.close();
          controller.enqueue(value);
          onText(decoder.decode(value, { stream: true }));
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  const { status, headers, redirected, url } = response;
  return { body: body ?? null, status, headers, redirected, url };
}
