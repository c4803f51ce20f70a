import { asyncScheduler, type Observable, type Subscription } from 'rxjs';
import type { Fetch } from '../../lib/client/FromSseOptions.ts';

/** What a scripted server does with one request. */
export interface Scripted {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The text of the body as it comes; its error is a broken line. Without one no answer comes at all. */
  readonly body?: Observable<string>;
}

/** One request, as it was made. */
export interface Made {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
}

/**
 * A fetch whose promises are kept in the turn that keeps them, so that a client
 * runs in virtual time. The first request gets the first answer, and so on.
 * Nothing at all, and it cannot be reached.
 */
export function scriptedFetch(...answers: readonly (Scripted | undefined)[]): {
  readonly fetch: Fetch;
  readonly made: readonly Made[];
} {
  const made: Made[] = [];
  const fetch: Fetch = (_input, { headers, signal }) => {
    if (!(signal instanceof AbortSignal)) throw new Error('a request without a signal');
    made.push({ at: asyncScheduler.now(), lastEventId: new Headers(headers).get('last-event-id'), signal });
    const answer = answers[made.length - 1];
    if (answer === undefined) return kept((_, reject) => reject(new TypeError('fetch failed')));
    const { status = 200, headers: said = {}, body } = answer;
    if (body === undefined) return kept(() => {});
    const response = {
      status,
      headers: new Headers({ 'content-type': 'text/event-stream', ...said }),
      body: { getReader: () => readerOf(body, signal) },
    };
    return kept((resolve) => resolve(response as unknown as Response));
  };
  return { fetch, made };
}

type Result = { readonly done: false; readonly value: Uint8Array } | { readonly done: true };

function readerOf(body: Observable<string>, signal: AbortSignal) {
  const chunks: Uint8Array[] = [];
  let over: { readonly error?: unknown } | undefined;
  let waiting: (() => void) | undefined;
  const look = () => {
    const waited = waiting;
    waiting = undefined;
    waited?.();
  };
  const reading: Subscription = body.subscribe({
    next: (text) => {
      chunks.push(new TextEncoder().encode(text));
      look();
    },
    error: (error: unknown) => {
      over = { error };
      look();
    },
    complete: () => {
      over = {};
      look();
    },
  });
  signal.addEventListener('abort', () => reading.unsubscribe());
  const read = () =>
    kept<Result>((resolve, reject) => {
      const take = (): void => {
        const value = chunks.shift();
        if (value !== undefined) resolve({ done: false, value });
        else if (over === undefined) waiting = take;
        else if ('error' in over) reject(over.error);
        else resolve({ done: true });
      };
      take();
    });
  return { read, cancel: () => kept(() => {}) };
}

/** A promise whose `then` is called at once. */
function kept<T>(executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): PromiseLike<T> {
  const then = (onKept?: ((value: T) => unknown) | null, onBroken?: ((error: unknown) => unknown) | null) => {
    executor(
      (value) => onKept?.(value),
      (error) => onBroken?.(error),
    );
    return kept<never>(() => {});
  };
  // biome-ignore lint/suspicious/noThenProperty: it is what stands in for a promise
  return { then: then as PromiseLike<T>['then'] };
}
