import { defer, mergeMap, Observable, takeUntil } from 'rxjs';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { attempt } from './attempt.ts';
import type { FromSseOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';
import { given } from './given.ts';
import type { ReconnectState } from './Memory.ts';
import type { Line } from './reconnecting.ts';
import { requestOf } from './requestOf.ts';
import { whileVisible } from './whileVisible.ts';

/** Connects by fetch. */
export function requests(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: FromSseOptions,
  memory: ReconnectState,
): Line {
  const {
    headers,
    statusObserver,
    strictEventSource = false,
    retryStatuses = strictEventSource ? never : isPassingStatus,
    pauseWhenHidden,
  } = options;
  let isRepeatable = true;

  const opened = ({ headers: said }: Response): void => {
    memory.backoff.opened();
    statusObserver?.next({ state: 'open', resume: said.get('rxsse-resume') ?? undefined });
  };
  const ask = (asked: RequestTarget, sent: HeadersLike) => {
    const { method = asked instanceof Request ? asked.method : 'GET' } = options;
    isRepeatable = options.idempotent ?? /^(get|head)$/i.test(method);
    const asking = { target: asked, headers: sent, lastEventId: memory.lastEventId, takesRefusals: retryStatuses(503) };
    const messages = attempt((signal) => requestOf(asking, options, signal), memory, opened, options);
    return untilAborted(asked, messages);
  };
  const isPassing = ({ reason, status: answered = 0 }: ConnectionError): boolean => {
    if (reason === 'request' || reason === 'type') return false;
    if (reason === 'status') return retryStatuses(answered);
    return reason === 'refused' || isRepeatable || memory.lastEventId !== '';
  };
  const connect = defer(() =>
    given(typeof target === 'function' ? target() : target).pipe(
      mergeMap((asked) =>
        given(typeof headers === 'function' ? headers(memory.failure) : headers).pipe(
          mergeMap((sent) => ask(asked, sent)),
        ),
      ),
    ),
  );
  return {
    connect,
    isPassing,
    pace: (messages) => {
      const shown = pauseWhenHidden
        ? whileVisible(messages, () => statusObserver?.next({ state: 'paused' }))
        : messages;
      return untilAborted(target, shown);
    },
  };
}

const never = () => false;

/** Answers of a server that may be well the next time. */
const isPassingStatus = (status: number): boolean => /^(408|425|429|5..)$/.test(`${status}`);

/** Errors when the signal of a request says so. */
function untilAborted<T>(target: unknown, messages: Observable<T>): Observable<T> {
  if (!(target instanceof Request)) return messages;
  const { signal } = target;
  const aborted = new Observable<never>((subscriber) => {
    const fail = (): void => subscriber.error(signal.reason);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail);
    return () => signal.removeEventListener('abort', fail);
  });
  return messages.pipe(takeUntil(aborted));
}
