import { asyncScheduler } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { parseRetryAfter } from '../time/backoff.ts';
import type { PollRequest } from './PollRequest.ts';

/** A `Response`, as far as it matters here. @category source */
export interface PollResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
}

const polled: unique symbol = Symbol('rxsse.polled');

/** What a poll found: a value or nothing new, and what to ask the next time with. @category source */
export interface Polled<T> {
  /** One value, or none. */
  readonly [polled]: readonly T[];
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** What an answer has for the stream, and for the next question: of `conditionalGet`, or a value by itself. */
export function foundIn<T>(answer: T | Polled<T>): { readonly values: readonly T[]; readonly validators?: Polled<T> } {
  return isPolled(answer) ? { values: answer[polled], validators: answer } : { values: [answer] };
}

function isPolled<T>(answer: T | Polled<T>): answer is Polled<T> {
  return typeof answer === 'object' && answer !== null && polled in answer;
}

/**
 * Makes a poll over `fetch` that gives a value only when the server has a new one.
 *
 * The request to ask with is one for `fetch`, with the headers that make it
 * conditional. An answer 304 is nothing new, and its body, like that of any answer
 * that is not read, is let go of. `ETag` and `Last-Modified` are kept once the
 * value is read: one that could not be read is asked for again.
 *
 * @example Exchange rates, downloaded when they have changed
 * const url = 'http://localhost:4000/rates';
 * const rates = fromPoll(
 *   conditionalGet((request) => fetch(url, request), (response) => response.json()),
 *   { every: 60_000 },
 * );
 *
 * @see fromPoll, which asks, and which takes a {@link ConnectionError} for a failure.
 * @category source
 */
export function conditionalGet<R extends PollResponse, T>(
  ask: (request: PollRequest<unknown>) => PromiseLike<R>,
  read: (response: R) => T | PromiseLike<T>,
): (request: PollRequest<unknown>) => Promise<Polled<T>> {
  return async (request) => {
    const response = await ask(request);
    const { status, headers } = response;
    if (status === 304) return { [polled]: [], etag: request.etag, lastModified: request.lastModified };
    if (!response.ok) {
      const retryAfter = parseRetryAfter(headers.get('retry-after'), asyncScheduler.now());
      throw new ConnectionError('status', `the server answered ${status}; expected a status from 200 to 299`, {
        status,
        retryAfter,
      });
    }
    const value = await read(response);
    return { [polled]: [value], etag: textIn(headers, 'etag'), lastModified: textIn(headers, 'last-modified') };
  };
}

function textIn(headers: PollResponse['headers'], name: string): string | undefined {
  return headers.get(name) ?? undefined;
}
