import type { Observable } from 'rxjs';
import { checkDuration } from '../data/check.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { type FrameLimits, FrameParser } from '../wire/FrameParser.ts';
import type { BadEventPolicy, FromSseOptions, RawIf, RequestTarget } from './FromSseOptions.ts';
import { requests } from './fetchTransport.ts';
import { reconnecting } from './reconnecting.ts';

/**
 * Reads the events of a contract from a server, over as many connections as it takes.
 *
 * For browsers and Node. It does all that an EventSource does, and more: any
 * method, headers and body; events decoded by name; a lost line made anew with
 * backoff, from where it was, also one that went silent; and an end where the
 * server says that there is one. What was missed for good is told at its place by
 * a gap, which is in the type.
 *
 * ```text
 * connection 1        -a-b-x                  (x the line is lost)
 * wait                     ----
 * connection 2                 -c--e          (e the server says that it was all)
 * fromSse             -a-b------c--|
 * ```
 *
 * Cold: each subscriber has a connection, and a position, of its own. Completes
 * when the server says that the stream ended, or answers 204. Errors with a
 * {@link ConnectionError} for an answer that is no stream, when a limit of `retry`
 * is reached, and at once for a request that no fetch can serve; with a
 * {@link StreamFailedError} when the server says that the stream failed; and with a
 * {@link LimitError} over a limit. Unsubscribing, or an operator that fails,
 * releases the socket in the same turn, and nothing arrives after, not even the
 * rest of the same chunk.
 *
 * A request with another method than GET is not made again before the stream gave
 * a position, unless `repeatable` says so: its server may have acted on it.
 *
 * @example Follow orders, and go on after a reload where the page was
 * const followed = fromSse('/orders', Orders, {
 *   lastEventId: () => sessionStorage.getItem('orders'),
 *   cursor: { next: (cursor) => sessionStorage.setItem('orders', cursor) },
 * });
 * followed.subscribe((e) => console.log(isGap(e) ? `missed: ${e.data.reason}` : e.data.total));
 *
 * @throws TypeError at once, for what is no contract; RangeError for an option out of range.
 * @see fromEventSource for an EventSource that one has already.
 * @category client
 */
export function fromSse<C extends Contract, P extends BadEventPolicy = 'drop'>(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  contract: C,
  options: FromSseOptions<P> = {},
): Observable<EventOf<C> | Gap | RawIf<P>> {
  const { idleTimeout, strictEventSource = false, lastEventId: seed } = options;
  if (idleTimeout !== undefined) checkDuration('fromSse: idleTimeout', idleTimeout, 'use Infinity to wait without end');
  const limits: FrameLimits = options;
  // Checks them now, and not for each subscriber.
  new FrameParser({ ...limits, lastEventId: '', onMessage: () => {} });
  return reconnecting({
    who: 'fromSse',
    contract,
    options,
    exact: strictEventSource,
    begin: () => ({ lastEventId: (typeof seed === 'function' ? seed() : seed) ?? '', silence: idleTimeout }),
    lineOf: (memory) => requests(target, options, memory),
  }) as Observable<EventOf<C> | Gap | RawIf<P>>;
}
