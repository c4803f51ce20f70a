import { defer, from, fromEvent, map, mergeMap, type Observable, of, takeUntil } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { attempt } from './attempt.ts';
import type { FromSseOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';
import { prepareRequest } from './prepareRequest.ts';
import type { ClientTransport, ReconnectState } from './reconnecting.ts';
import { whileVisible } from './whileVisible.ts';

/** Connects by fetch. */
export function fetchTransport(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: FromSseOptions,
  state: ReconnectState,
): ClientTransport {
  const { headers, statusObserver, strictEventSource, pauseWhenHidden } = options;
  const { retryStatuses = strictEventSource ? () => false : isRetryableStatus } = options;
  let isIdempotent = true;

  const onOpen = (response: Response): void => {
    state.backoff.opened();
    statusObserver?.next({ state: 'open', resume: response.headers.get('rxsse-resume') ?? undefined });
  };
  const request = (resolvedTarget: RequestTarget, resolvedHeaders: HeadersLike) => {
    const { method = resolvedTarget instanceof Request ? resolvedTarget.method : 'GET' } = options;
    isIdempotent = options.idempotent ?? /^(get|head)$/i.test(method);
    const parts = {
      target: resolvedTarget,
      headers: resolvedHeaders,
      lastEventId: state.lastEventId,
      acceptsRefusal: retryStatuses(503),
    };
    const messages = attempt((signal) => prepareRequest(parts, options, signal), state, onOpen, options);
    return untilAborted(resolvedTarget, messages);
  };
  return {
    connect: defer(() =>
      resolved(typeof target === 'function' ? target() : target).pipe(
        mergeMap((resolvedTarget) =>
          resolved(typeof headers === 'function' ? headers(state.failure) : headers).pipe(
            mergeMap((resolvedHeaders) => request(resolvedTarget, resolvedHeaders)),
          ),
        ),
      ),
    ),
    isRetryable: ({ reason, status = 0 }) => {
      if (reason === 'request' || reason === 'type') return false;
      if (reason === 'status') return retryStatuses(status);
      return reason === 'refused' || isIdempotent || state.lastEventId !== '';
    },
    restrict: (messages) =>
      untilAborted(
        target,
        pauseWhenHidden ? whileVisible(messages, () => statusObserver?.next({ state: 'paused' })) : messages,
      ),
  };
}

/** Returns true for the statuses of a server that may answer the same request later. */
function isRetryableStatus(status: number): boolean {
  return /^(408|425|429|5..)$/.test(`${status}`);
}

/** Emits a value, synchronously, or what a promise resolves to. A rejection counts as a server that is unreachable. */
function resolved<T>(value: T | PromiseLike<T>): Observable<T> {
  if (!isThenable(value)) return of(value);
  return from(
    value.then(undefined, (cause: unknown): never => {
      throw new ConnectionError('unreachable', 'the promise of the URL or the headers was rejected', { cause });
    }),
  );
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** Errors with the reason of the request's signal when that is aborted. */
function untilAborted<T>(target: unknown, messages: Observable<T>): Observable<T> {
  if (!(target instanceof Request)) return messages;
  const { signal } = target;
  const aborted = defer(() => (signal.aborted ? of(undefined) : fromEvent(signal, 'abort')));
  const failure = aborted.pipe(
    map(() => {
      throw signal.reason;
    }),
  );
  return messages.pipe(takeUntil(failure));
}
