import type { Observable } from 'rxjs';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { BadEventPolicy, Emitted, FromSseOptions, RawIf, RequestTarget } from './FromSseOptions.ts';
import { checkFetchOptions, fetchTransport } from './fetchTransport.ts';
import { fromSseKinds } from './optionKinds.ts';
import { reconnecting } from './reconnecting.ts';
import type { ConnectWith, Sharing } from './Sharing.ts';

/**
 * Reads the events of a contract from a server, over as many connections as it takes.
 *
 * Runs in browsers and in Node. It does what an EventSource does, and more: any method, headers and body; events
 * decoded by name; reconnects with backoff from the last position, also after a connection that went silent; and it
 * completes when the server says that the stream ended. Where events are missing for good it emits a gap in order,
 * which is part of the type.
 *
 * ```text
 * connection 1        -a-b-x                  (x the connection is lost)
 * delay                    ----
 * connection 2                 -c--e          (e the server ends the stream)
 * fromSse             -a-b------c--|
 * ```
 *
 * Cold: each subscriber has its own connection and position, unless {@link tabs} shares the connection. Completes when the server says that the stream ended, or
 * answers 204. Errors with a {@link ConnectionError} for a response that is not a stream, when a limit of `backoff` is
 * reached, and at once for a request that no fetch can send; with a {@link StreamFailedError} when the server says that
 * the stream failed. Unsubscribing, or an operator that errors, releases the socket in the same turn, and nothing is
 * emitted after, not even the rest of the same chunk.
 *
 * A request with a method other than GET is not repeated unless the server announced that it resumes, or `idempotent`
 * allows it: its server may have acted on it. The end of its response completes the stream.
 *
 * Events are emitted as the bytes arrive, whether or not what follows has finished with the ones before. The client
 * itself holds one unfinished event, at most `maxEventBytes` and `maxLineBytes`; what waits further on is bounded there,
 * by `maxQueued` of `mapAsync` for example. {@link readSse} reads no faster than its loop.
 *
 * @example Read orders, and continue from the same position after a reload of the page
 * const orders = fromSse('/orders', Orders, {
 *   lastEventId: () => sessionStorage.getItem('orders'),
 *   cursorObserver: { next: (cursor) => sessionStorage.setItem('orders', cursor) },
 * });
 * orders.subscribe((e) => console.log(isGap(e) ? `missed: ${e.data.reason}` : e.data.total));
 *
 * @throws TypeError for a value that is not a contract, RangeError for an option out of range; both synchronously.
 * @see readSse, which reads at the pace of a loop; fromEventSource, which reads through an EventSource.
 * @category client
 */
export function fromSse<C extends Contract, P extends BadEventPolicy = 'drop', I extends boolean = false>(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  contract: C,
  options: FromSseOptions<P, I> = {},
): Observable<Emitted<EventOf<C> | Gap | RawIf<P>, I>> {
  checkFetchOptions('fromSse', options, fromSseKinds);
  const connect: ConnectWith = (clientOptions, wrap = (transport) => transport) =>
    reconnecting('fromSse', contract, clientOptions, (client) =>
      wrap(fetchTransport(target, clientOptions, client), client),
    );
  const { share } = options as { readonly share?: Sharing };
  return (share?.share(target, options, connect) ?? connect(options)) as Observable<
    Emitted<EventOf<C> | Gap | RawIf<P>, I>
  >;
}
