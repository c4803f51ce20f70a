import { asyncScheduler } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { parseRetryAfter } from '../time/backoff.ts';
import type { PollRequest } from './PollRequest.ts';

/** The members of a `Response` that {@link conditionalGet} uses. @category source */
export interface PollResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
}

const polled: unique symbol = Symbol.for('rxsse.polled') as never;

/** The result of a conditional poll: a value or nothing new, and the validators of the next request. @category source */
export interface Polled<T> {
  /** One value, or none when the resource has not changed. */
  readonly [polled]: readonly T[];
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** Returns the values of an answer, and the validators of the next request where `conditionalGet` made the answer. */
export function valuesIn<T>(answer: T | Polled<T>): { readonly values: readonly T[]; readonly validators?: Polled<T> } {
  return isPolled(answer) ? { values: answer[polled], validators: answer } : { values: [answer] };
}

function isPolled<T>(answer: T | Polled<T>): answer is Polled<T> {
  return typeof answer === 'object' && answer !== null && polled in answer;
}

/**
 * Makes a poll for {@link fromPoll} that emits a value only when the server has a
 * new one.
 *
 * Use it around `fetch`: the request has the headers that make it conditional. A
 * response 304 emits nothing. `ETag` and `Last-Modified` are remembered when the body
 * has been read, so that a body that could not be read is requested again. Any status
 * outside 200 to 299 is a {@link ConnectionError} with the wait of its `Retry-After`.
 *
 * @example Exchange rates, downloaded when they have changed
 * const url = 'http://localhost:4000/rates';
 * const rates = fromPoll(
 *   conditionalGet((request) => fetch(url, request), (response) => response.json()),
 *   { interval: 60_000 },
 * );
 *
 * @see fromPoll, which calls the poll, and waits longer after an error.
 * @category source
 */
export function conditionalGet<R extends PollResponse, T>(
  send: (request: PollRequest<unknown>) => PromiseLike<R>,
  read: (response: R) => T | PromiseLike<T>,
): (request: PollRequest<unknown>) => Promise<Polled<T>> {
  return async (request) => {
    const response = await send(request);
    const { status, headers } = response;
    if (status === 304) return { [polled]: [], etag: request.etag, lastModified: request.lastModified };
    if (!response.ok) {
      const retryAfter = parseRetryAfter(headers.get('retry-after'), asyncScheduler.now());
      throw new ConnectionError('status', `conditionalGet: the status must be from 200 to 299, got ${status}`, {
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
