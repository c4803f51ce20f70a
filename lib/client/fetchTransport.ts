import { defer, from, fromEvent, map, mergeMap, type Observable, of, takeUntil } from 'rxjs';
import { checkDuration, checkNumber, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import { attempt } from './attempt.ts';
import type { ClientFetchOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';
import { fromSseKinds } from './optionKinds.ts';
import { prepareRequest } from './prepareRequest.ts';
import type { ClientTransport, ReconnectState } from './reconnecting.ts';
import { whileVisible } from './whileVisible.ts';

/** Checks the options of a client that connects by fetch. @throws TypeError for a wrong type, RangeError for a range. */
export function checkFetchOptions(caller: string, options: ClientFetchOptions): void {
  checkOptions(caller, options, fromSseKinds);
  const { idleTimeout = Infinity, endOfResponse = 'reconnect' } = options;
  checkDuration(`${caller}: idleTimeout`, idleTimeout, 'use Infinity to wait without end');
  checkOneOf(`${caller}: endOfResponse`, endOfResponse, ['reconnect', 'complete']);
  for (const limit of ['maxEventBytes', 'maxLineBytes'] as const) {
    checkNumber(`${caller}: ${limit}`, options[limit] ?? Infinity, { above: 0, unit: 'bytes' });
  }
}

/** Returns a transport whose `connect` sends one request for each subscription. */
export function fetchTransport(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: ClientFetchOptions,
  state: ReconnectState,
): ClientTransport {
  const { headers, statusObserver, strictEventSource, pauseWhenHidden } = options;
  let isSafe = true;
  let isResumable = false;
  const isRepeatable = (): boolean => options.idempotent ?? (isSafe || (isResumable && state.lastEventId !== ''));
  const isRetryableStatus = (status: number): boolean =>
    !strictEventSource && (isRepeatable() ? /^(408|425|429|5..)$/ : /^(425|429|503)$/).test(`${status}`);
  const { retryStatuses = isRetryableStatus } = options;

  const onOpen = ({ headers }: Response): void => {
    const resume = headers.get('rxsse-resume') ?? undefined;
    isResumable = resume !== undefined;
    state.backoff.opened();
    statusObserver?.next({ state: 'open', resume, headers });
  };
  const endsStream = (): boolean =>
    (options.endOfResponse ?? (isSafe || isResumable ? 'reconnect' : 'complete')) === 'complete';
  const hooks = { onOpen, endsStream };
  const request = (resolvedTarget: RequestTarget, resolvedHeaders: HeadersLike) => {
    const { method = resolvedTarget instanceof Request ? resolvedTarget.method : 'GET' } = options;
    isSafe = /^(get|head)$/i.test(method);
    const parts = {
      target: resolvedTarget,
      headers: resolvedHeaders,
      lastEventId: state.lastEventId,
      acceptsRefusal: retryStatuses(503),
    };
    const messages = attempt((signal) => prepareRequest(parts, options, signal), state, hooks, options);
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
      if (reason === 'request' || reason === 'type' || reason === 'no-body') return false;
      if (reason === 'status') return retryStatuses(status);
      if (reason === 'closed' && options.endOfResponse === 'reconnect') return true;
      return reason === 'refused' || isRepeatable();
    },
    isRepeatable,
    restrict: (messages) =>
      untilAborted(
        target,
        pauseWhenHidden ? whileVisible(messages, () => statusObserver?.next({ state: 'paused' })) : messages,
      ),
  };
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
