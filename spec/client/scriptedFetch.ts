import { asyncScheduler, type Observable, type Subscription } from 'rxjs';
import type { FetchLike } from '../../lib/client/FromSseOptions.ts';

/** How a scripted server responds to one request. */
export interface ScriptedResponse {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The text of the body over time; its error breaks the connection. Without a body no response is sent. */
  readonly body?: Observable<string>;
}

/** A request that was made. */
interface RecordedRequest {
  /** When it was made, in virtual milliseconds. */
  readonly at: number;
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
}

/**
 * Returns a fetch whose promises call back synchronously, so that a client runs in virtual time. The first request gets
 * the first response, and so on; `undefined`, and each request after the last response, finds the server unreachable.
 */
export function scriptedFetch(...responses: readonly (ScriptedResponse | undefined)[]): {
  readonly fetch: FetchLike;
  readonly requests: readonly RecordedRequest[];
} {
  const requests: RecordedRequest[] = [];
  const fetch: FetchLike = (_input, { headers, signal }) => {
    if (!(signal instanceof AbortSignal)) throw new Error('a request without a signal');
    requests.push({ at: asyncScheduler.now(), lastEventId: new Headers(headers).get('last-event-id'), signal });
    const response = responses[requests.length - 1];
    if (response === undefined) return syncPromise((_, reject) => reject(new TypeError('fetch failed')));
    const { status = 200, headers: extraHeaders = {}, body } = response;
    if (body === undefined) return syncPromise(() => {});
    const result = {
      status,
      headers: new Headers({ 'content-type': 'text/event-stream', ...extraHeaders }),
      body: { getReader: () => readerOf(body, signal) },
    };
    return syncPromise((resolve) => resolve(result as unknown as Response));
  };
  return { fetch, requests };
}

type Result = { readonly done: false; readonly value: Uint8Array } | { readonly done: true };

function readerOf(body: Observable<string>, signal: AbortSignal) {
  const chunks: Uint8Array[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let waiting: (() => void) | undefined;
  const notify = () => {
    const resume = waiting;
    waiting = undefined;
    resume?.();
  };
  const subscription: Subscription = body.subscribe({
    next: (text) => {
      chunks.push(new TextEncoder().encode(text));
      notify();
    },
    error: (error: unknown) => {
      ended = { error };
      notify();
    },
    complete: () => {
      ended = {};
      notify();
    },
  });
  signal.addEventListener('abort', () => subscription.unsubscribe());
  const read = () =>
    syncPromise<Result>((resolve, reject) => {
      const take = (): void => {
        const value = chunks.shift();
        if (value !== undefined) resolve({ done: false, value });
        else if (ended === undefined) waiting = take;
        else if ('error' in ended) reject(ended.error);
        else resolve({ done: true });
      };
      take();
    });
  return { read, cancel: () => syncPromise(() => {}) };
}

/** Returns a promise whose `then` calls back synchronously. */
function syncPromise<T>(
  executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): PromiseLike<T> {
  const then = (onFulfilled?: ((value: T) => unknown) | null, onRejected?: ((error: unknown) => unknown) | null) => {
    executor(
      (value) => onFulfilled?.(value),
      (error) => onRejected?.(error),
    );
    return syncPromise<never>(() => {});
  };
  // biome-ignore lint/suspicious/noThenProperty: it replaces a promise
  return { then: then as PromiseLike<T>['then'] };
}
