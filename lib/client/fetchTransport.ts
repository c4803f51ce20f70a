import { Observable, type Subscriber } from 'rxjs';
import { checkDuration, checkNumber, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import { attempt } from './attempt.ts';
import type { ClientTransport } from './ClientTransport.ts';
import type { ReceivedMessage } from './decodeMessage.ts';
import type { ClientFetchOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';
import { fetchKinds } from './optionKinds.ts';
import { addListener, page } from './page.ts';
import { prepareRequest } from './prepareRequest.ts';
import type { Reconnector } from './Reconnector.ts';
import { whileVisible } from './whileVisible.ts';

/** Checks the options of a client that connects by fetch. @throws TypeError for a wrong type, RangeError for a range. */
export function checkFetchOptions(caller: string, options: ClientFetchOptions, kinds = fetchKinds): void {
  checkOptions(caller, options, kinds);
  const { idleTimeout = Infinity, endOfResponse = 'reconnect' } = options;
  const { maxEventBytes = Infinity, maxLineBytes = Infinity } = options;
  checkDuration(`${caller}: idleTimeout`, idleTimeout, 'use Infinity to wait without end');
  checkOneOf(`${caller}: endOfResponse`, endOfResponse, ['reconnect', 'complete']);
  checkNumber(`${caller}: maxEventBytes`, maxEventBytes, { above: 0, unit: 'bytes' });
  checkNumber(`${caller}: maxLineBytes`, maxLineBytes, { above: 0, unit: 'bytes' });
}

/** Returns a transport whose `connect` sends one request for each subscription. */
export function fetchTransport(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: ClientFetchOptions,
  client: Reconnector,
): ClientTransport {
  const { headers, statusObserver, strictEventSource, pauseWhenHidden } = options;
  let isSafe = true;
  let isResumable = false;
  const isRepeatable = (): boolean => options.idempotent ?? (isSafe || (isResumable && client.lastEventId !== ''));
  const isRetryableStatus = (status: number): boolean =>
    !strictEventSource && (isRepeatable() ? /^(408|425|429|5..)$/ : /^(425|429|503)$/).test(`${status}`);
  const { retryStatuses = isRetryableStatus } = options;

  const onOpen = ({ headers }: Response): void => {
    const resume = headers.get('rxsse-resume') ?? undefined;
    isResumable = resume !== undefined;
    client.backoff.opened();
    statusObserver?.next({ state: 'open', resume, headers });
  };
  const endsStream = (): boolean =>
    options.endOfResponse ? options.endOfResponse === 'complete' : !(isSafe || isResumable || options.endMarker);
  const request = (
    resolvedTarget: RequestTarget,
    resolvedHeaders: HeadersLike,
    connection: Subscriber<ReceivedMessage>,
  ): void => {
    const { method = resolvedTarget instanceof Request ? resolvedTarget.method : 'GET' } = options;
    isSafe = /^(get|head)$/i.test(method);
    const parts = {
      target: resolvedTarget,
      headers: resolvedHeaders,
      lastEventId: client.lastEventId,
      acceptsRefusal: retryStatuses(503),
    };
    onAbort(resolvedTarget, connection, (reason) => connection.error(reason));
    if (connection.closed) return;
    const hooks = { target: resolvedTarget, onOpen, endsStream };
    attempt((signal) => prepareRequest(parts, options, signal), client, hooks, options).subscribe(connection);
  };
  return {
    connect: new Observable((connection) => {
      // In a frozen page, Chromium may stop delivering a response.
      if (page.document) addListener(page.document, 'resume', () => client.restart(true), connection);
      resolve(typeof target === 'function' ? target() : target, connection, (resolvedTarget) =>
        resolve(typeof headers === 'function' ? headers(client.failure) : headers, connection, (resolvedHeaders) =>
          request(resolvedTarget, resolvedHeaders, connection),
        ),
      );
    }),
    isRetryable: ({ reason, status = 0 }) => {
      if (reason === 'request' || reason === 'type' || reason === 'no-body') return false;
      if (reason === 'status') return retryStatuses(status);
      if (reason === 'closed' && options.endOfResponse === 'reconnect') return true;
      return reason === 'refused' || isRepeatable();
    },
    isRepeatable,
    start: (connectable) => {
      onAbort(target, client.subscriber, (reason) => client.fail(reason));
      if (client.subscriber.closed) return;
      if (pauseWhenHidden) whileVisible(client, connectable, () => statusObserver?.next({ state: 'paused' }));
      else connectable.connect();
    },
  };
}

/**
 * Uses a value, synchronously, or what a promise resolves to. A rejection counts as a server that is unreachable, and what
 * `use` throws errors the connection.
 */
function resolve<T>(value: T | PromiseLike<T>, connection: Subscriber<ReceivedMessage>, use: (value: T) => void): void {
  if (!isThenable(value)) return use(value);
  value.then(
    (resolved) => {
      if (connection.closed) return;
      try {
        use(resolved);
      } catch (error) {
        connection.error(error);
      }
    },
    (cause: unknown) => {
      const message = 'the promise of the URL or the headers was rejected';
      connection.error(new ConnectionError('unreachable', message, { cause }));
    },
  );
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** Calls back with the reason of a request's signal when that is aborted, until the owner is unsubscribed. */
function onAbort(target: unknown, owner: Subscriber<unknown>, callback: (reason: unknown) => void): void {
  if (!(target instanceof Request)) return;
  const { signal } = target;
  if (signal.aborted) callback(signal.reason);
  else addListener(signal, 'abort', () => callback(signal.reason), owner);
}
