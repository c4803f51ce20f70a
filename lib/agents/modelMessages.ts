import { catchError, concat, filter, map, type Observable, throwError } from 'rxjs';
import { parseJsonText } from '../client/decodeMessage.ts';
import { readProblem } from '../client/readProblem.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { ModelError } from '../error/ModelError.ts';
import { fromReadable } from '../source/fromReadable.ts';
import { parseRetryAfter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import { parseFrames } from '../wire/parseFrames.ts';
import type { ModelOptions } from './ModelOptions.ts';

/** One event of a model as it was received, with all its fields. */
export interface ModelMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * Sends one request and emits the events of its response, before they are decoded.
 *
 * It never completes, since the last event of an answer marks its end: a response that ends is an error. Errors with a
 * `ConnectionError`; with a `ModelError` for an event that reports an error; with a `DecodeError` for data that is not JSON;
 * and with a `LimitError`. Unsubscribing aborts the request in the same turn.
 */
export function modelMessages(
  caller: string,
  url: string,
  init: RequestInit,
  { fetch: send = fetch, maxEventBytes = 16 * 1024 * 1024 }: ModelOptions,
): Observable<ModelMessage> {
  const early = 'before the answer was complete';
  const lost = (cause: unknown) => new ConnectionError('broken', `${caller}: the connection broke ${early}`, { cause });
  const bytes = fromReadable<Uint8Array>(async (signal) => {
    const response = await send(url, { ...init, signal }).then(undefined, (cause) => {
      throw new ConnectionError('unreachable', `${caller}: the server did not respond`, { cause });
    });
    if (response.status === 200 && /^text\/event-stream\b/i.test(contentType(response))) return response.body;
    throw await unexpected(caller, response);
  }).pipe(catchError((error) => throwError(() => (error instanceof ConnectionError ? error : lost(error)))));
  return concat(
    bytes.pipe(
      parseFrames({ maxEventBytes }),
      filter((frame) => frame._tag === 'Message'),
      map(({ data }) => parseMessage(caller, data)),
    ),
    throwError(() => new ConnectionError('closed', `${caller}: the response ended ${early}`)),
  );
}

/** Returns the error that a model reports as `{ code, message }` or `{ type, message }`. */
export function modelError(caller: string, problem: unknown): ModelError {
  const { code, type } = (problem ?? {}) as { readonly code?: unknown; readonly type?: unknown };
  const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value);
  const name = [code, type].find(isName);
  return new ModelError(`${caller}: the model failed${name === undefined ? '' : `: ${name}`}`, name, problem);
}

/** Reads the data of a block. @throws ModelError for one that reports an error, DecodeError for one that is not an event. */
function parseMessage(caller: string, data: string): ModelMessage {
  const message = parseJsonText(data) as ModelMessage | null | undefined;
  if (typeof message?.type !== 'string')
    throw new DecodeError(data, ['event: expected JSON with a type, got other data']);
  if (message.type === 'error') throw modelError(caller, message.error ?? message);
  return message;
}

/** Returns the error for a response that is not an event stream, with its JSON where that is short. */
async function unexpected(caller: string, response: Response): Promise<ConnectionError> {
  const { status, headers, body } = response;
  const problem =
    body === null || !/^application\/(.+\+)?json\b/i.test(contentType(response))
      ? undefined
      : await new Promise((resolve) => readProblem(body.getReader(), resolve));
  const retryAfter = parseRetryAfter(headers.get('retry-after'), clock.now());
  const [reason, got] =
    status === 200 ? (['type', 'another Content-Type'] as const) : (['status', `status ${status}`] as const);
  const facts = { status, headers, problem, retryAfter };
  return new ConnectionError(reason, `${caller}: expected an event stream, got ${got}`, facts);
}

function contentType({ headers }: Response): string {
  return headers.get('content-type') ?? '';
}
