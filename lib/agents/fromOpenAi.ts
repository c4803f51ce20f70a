import { defer, filter, finalize, map, type Observable, retry, takeWhile, throwError, timer } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import { type BackoffOptions, backoffBound, backoffKinds, checkBackoff, fullJitter } from '../time/backoff.ts';
import { decodeModelEvents } from './decodeModelEvents.ts';
import { type ModelOptions, modelHeaders } from './ModelOptions.ts';
import { type ModelMessage, modelError, modelMessages } from './modelMessages.ts';
import { type OpenAiEvent, OpenAiEvents } from './OpenAiEvents.ts';

/** The body of a request to `POST /responses`, as the API describes it; `stream` is set. @category agents */
export interface OpenAiRequest {
  readonly model?: string;
  readonly input?: string | readonly object[];
  /** Whether the model continues where the connection is lost, so that the source can resume. @default false */
  readonly background?: boolean | null;
}

/** How an answer is requested, read and resumed. @category agents */
export interface FromOpenAiOptions extends ModelOptions {
  /**
   * When the rest of a `background` answer is requested after a lost connection. A longer `Retry-After` is honoured.
   *
   * @default `{ initialDelay: 1000, maxDelay: 30000, maxAttempts: 8 }`
   */
  readonly backoff?: Omit<BackoffOptions, 'resetAfter'>;
}

const caller = 'fromOpenAi';

/**
 * Requests an answer from a model by OpenAI's Responses API, and emits its events.
 *
 * Each subscriber sends a request of its own. Completes after `response.completed` or `response.incomplete`. Unsubscribing
 * aborts the request in the same turn, which stops the model; an answer in the background, which a lost connection does not
 * stop, is cancelled by a request. Before its first event its id is not known, and it cannot be cancelled.
 *
 * With `background: true` a lost connection is not the end: the source requests the events after the last one that it has
 * received (`starting_after`), so that none is missing and none comes twice. OpenAI serves them for some minutes. Where that
 * fails as often as `backoff` says, and for a connection that is lost before the first event, it errors.
 *
 * Errors with a {@link ConnectionError} for a response that is not a stream, with its `status` and `retryAfter`, and for one
 * that ends before the last event, after all events that have arrived; with a {@link ModelError} for the events `error` and
 * `response.failed`; with a {@link DecodeError} for an event that does not match {@link OpenAiEvents}. No message of an error
 * contains the key, or what the server sent. The request that starts an answer is never repeated.
 *
 * @example An answer that survives a lost connection to the model, and a reload of the page
 * app.get('/answer', sse({ query: { q: t.string }, resume: true }, ({ query }) =>
 *   fromOpenAi({ model: 'gpt-5', input: query.q, background: true }, { apiKey: 'sk-proj' }).pipe(
 *     ofType(OpenAiEvents.OutputTextDelta),
 *     map(({ data }) => data.delta),
 *   ),
 * ));
 *
 * @throws TypeError at once, for an option of a wrong type or name, and for a request that is not JSON. RangeError for an
 * option out of range.
 * @see fromAnthropic for Anthropic's Messages API.
 * @category agents
 */
export function fromOpenAi<R extends OpenAiRequest>(
  request: R,
  options: FromOpenAiOptions = {},
): Observable<OpenAiEvent> {
  const headers = modelHeaders(caller, options, { backoff: '' }, (key) => ({ authorization: `Bearer ${key}` }));
  const { baseUrl = 'https://api.openai.com/v1', backoff = {}, fetch: send = fetch } = options;
  const { resetAfter: _, ...kinds } = backoffKinds;
  checkOptions(`${caller}: backoff`, backoff, kinds);
  const { initialDelay = 1000, maxDelay = 30_000, maxAttempts = 8, onFailure } = backoff;
  checkBackoff(`${caller}: backoff.`, { initialDelay, maxDelay, maxAttempts, resetAfter: 0 });
  const url = `${baseUrl.replace(/\/$/, '')}/responses`;
  const start = { method: 'POST', headers, body: JSON.stringify({ ...request, stream: true }) };

  return defer(() => {
    /** Where an answer that continues without its connection is found. */
    let background: string | undefined;
    let last = -1;
    let isOver = false;

    const next = (): Observable<ModelMessage> =>
      background === undefined || last < 0
        ? modelMessages(caller, url, start, options)
        : modelMessages(caller, `${background}?stream=true&starting_after=${last}`, { headers }, options);
    const isNew = ({ sequence_number }: ModelMessage): boolean => {
      if (typeof sequence_number !== 'number') return true;
      if (sequence_number <= last) return false;
      last = sequence_number;
      return true;
    };
    const observe = (message: ModelMessage): ModelMessage => {
      const { type, response } = message;
      const { id, error } = (response ?? {}) as { readonly id?: unknown; readonly error?: unknown };
      if (request.background && typeof id === 'string') background ??= `${url}/${encodeURIComponent(id)}`;
      isOver = /^response\.(completed|incomplete|failed)$/.test(type);
      if (type === 'response.failed') throw modelError(caller, error);
      return message;
    };
    const wait = (error: unknown, failures: number): Observable<unknown> => {
      if (background === undefined || last < 0 || !isTransient(error)) return throwError(() => error);
      const jittered = fullJitter(backoffBound(failures - 1, initialDelay, maxDelay));
      const delay = Math.min(Math.max(jittered, error.retryAfter ?? 0), maxTimerDelay);
      onFailure?.(error, delay);
      return timer(delay);
    };
    const cancel = (): void => {
      if (background === undefined || isOver) return;
      const url = `${background}/cancel`;
      new Promise<Response>((resolve) => resolve(send(url, { method: 'POST', headers }))).then(
        ({ ok, status, body }) => {
          body?.cancel().then(undefined, () => {});
          if (!ok) reportError(caller, new Error(`the answer could not be cancelled: status ${status}`));
        },
        (error: unknown) => reportError(caller, error),
      );
    };
    return defer(next).pipe(
      filter(isNew),
      map(observe),
      retry({ count: maxAttempts, resetOnSuccess: true, delay: wait }),
      decodeModelEvents(OpenAiEvents, hasKnownItem, options),
      takeWhile(() => !isOver, true),
      finalize(cancel),
    );
  });
}

/** Returns true for a failure after which the rest of an answer can be requested. */
function isTransient(error: unknown): error is ConnectionError {
  if (!hasTag<ConnectionError>(error, 'ConnectionError')) return false;
  const { reason, status = 0 } = error;
  return (
    /^(unreachable|broken|closed)$/.test(reason) || (reason === 'status' && /^(408|409|429|5..)$/.test(`${status}`))
  );
}

function hasKnownItem({ item }: ModelMessage): boolean {
  const type = (item as { readonly type?: unknown } | undefined)?.type;
  return item === undefined || type === 'function_call' || type === 'custom_tool_call';
}
