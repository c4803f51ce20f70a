import { EventSource, type FetchLikeResponse } from 'eventsource';
import { closing } from '../support/closing.ts';
import { fetchOver } from '../support/http2.ts';

/** One request of an EventSource, as the network saw it. */
export interface Attempt {
  /** The header that it came with. */
  readonly lastEventId: string | undefined;
  /** 0 until it is answered. */
  status: number;
  /** The header `Rxsse-Resume` of the response. */
  resume: string | undefined;
  /** The part of the body that was read. */
  text: string;
}

export interface FollowOptions {
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Awaited before each piece of a body is read: the socket waits as long. @default not at all */
  readonly pace?: () => Promise<unknown>;
  /** Longest wait, in ms. Below mocha's own, so that the failure says what did come. @default 4000 */
  readonly patience?: number;
}

/** A page's view through an EventSource of another library. */
export interface Follower {
  readonly source: EventSource;
  readonly attempts: readonly Attempt[];
  /** Data of ticks, and in short what the library says: `gap trimmed`, `end`, `closed`. */
  readonly seen: readonly string[];
  /** Every event, `error` and `open` aside. */
  readonly events: readonly MessageEvent[];
  /** Resolves when it holds; looked at whenever anything happens. */
  until(holds: (follower: Follower) => boolean): Promise<void>;
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
  const look = (): void => {
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
        // The EventSource parses in microtasks; who waits for bytes wants them parsed.
        setImmediate(look);
      });
    },
  });
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent) => {
      events.push(event);
      seen.push(short(name, event.data));
      look();
    });
  }
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) seen.push('closed');
    look();
  });

  const until: Follower['until'] = (holds) =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!holds(follower)) return;
        clearTimeout(limit);
        watching.delete(check);
        resolve();
      };
      const limit = setTimeout(() => {
        watching.delete(check);
        const came = JSON.stringify({ attempts, seen });
        reject(new Error(`waited for ${holds}, but not within ${patience} ms; what came: ${came}`));
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

/** Only a position's own bytes tell that it came: no listener is to see it. */
export const hasPosition = ({ attempts }: Follower): boolean =>
  /event: rxsse\.position\n.*\n\n/s.test(attempts.at(-1)?.text ?? '');

function short(name: string, data: string): string {
  if (name === 'rxsse.gap') return `gap ${JSON.parse(data).reason}`;
  if (name === 'rxsse.end') return data === 'null' ? 'end' : `end ${JSON.parse(data).reason}`;
  return name === 'tick' ? data : `${name} ${data}`;
}

/** Returns the same response, whose body is read piece by piece, at a pace, and reported. */
function tapped(response: Response, pace: FollowOptions['pace'], tell: (text: string) => void): FetchLikeResponse {
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
          tell(decoder.decode(value, { stream: true }));
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  const { status, headers, redirected, url } = response;
  return { body: body ?? null, status, headers, redirected, url };
}
