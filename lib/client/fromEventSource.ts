import { Observable, type Subscriber } from 'rxjs';
import { checkOptions } from '../data/checkOptions.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import { type Contract, type EventOf, namesOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { reserved } from '../wire/reserved.ts';
import type { ReceivedMessage } from './decodeMessage.ts';
import type { BadEventPolicy, DecodingOptions, Emitted, RawIf } from './FromSseOptions.ts';
import { sharedKinds } from './optionKinds.ts';
import { addListener } from './page.ts';
import { shownUrl } from './prepareRequest.ts';
import type { Reconnector } from './Reconnector.ts';
import { reconnecting } from './reconnecting.ts';

/** The part of an EventSource that is used; a browser's implements it, and so do those of packages. @category client */
export interface EventSourceLike {
  /** 0 is connecting, 1 open, 2 closed for good. */
  readonly readyState: number;
  /** The URL that messages name, without its query. */
  readonly url: string;
  addEventListener(type: string, listener: (event: MessageLike) => void): void;
  removeEventListener(type: string, listener: (event: MessageLike) => void): void;
  close(): void;
}

/** The part of a dispatched event that is read; `open` and `error` have only a type. @category client */
export interface MessageLike {
  readonly type: string;
  readonly data?: unknown;
  readonly lastEventId?: string;
}

const closed = 2;

/**
 * Reads the events of a contract through an EventSource, with the same types as {@link fromSse}.
 *
 * Use it where a native EventSource is wanted: the browser's tools list it, whatever patches EventSource sees it, and
 * it reconnects across origins without a CORS preflight. After a lost connection it reconnects by itself. Any response
 * that is not a stream closes it for good; then the factory creates another one, with backoff, and is passed the
 * position to put into the URL, since the new one does not know it.
 *
 * An EventSource dispatches only the names that are listened to, so events of unknown names are not seen, except those
 * without a name. It does not say why it failed either: if the server may answer 204 or another final status, set
 * `backoff.maxAttempts`.
 *
 * Completes when the server says that the stream ended. Errors with a {@link ConnectionError} when a limit of `backoff`
 * is reached, and with a {@link StreamFailedError} when the server says that the stream failed. Unsubscribing closes
 * the EventSource, and nothing is emitted after.
 *
 * @example Read the article's echo through a browser's own EventSource
 * const echoes = fromEventSource((lastEventId) => new EventSource(`/sse3?message=hi&lastEventId=${lastEventId}`), Echoes);
 *
 * @throws TypeError for a value that is not a contract, RangeError for an option out of range; both synchronously.
 * @see fromSse, which reports why a connection failed and resumes without another object.
 * @category client
 */
export function fromEventSource<C extends Contract, P extends BadEventPolicy = 'drop', I extends boolean = false>(
  create: (lastEventId: string) => EventSourceLike,
  contract: C,
  options: DecodingOptions<P, I> = {},
): Observable<Emitted<EventOf<C> | Gap | RawIf<P>, I>> {
  checkOptions('fromEventSource', options, sharedKinds);
  return reconnecting('fromEventSource', contract, options, (client) => ({
    start: (connectable) => connectable.connect(),
    connect: new Observable((connection) => {
      const names = new Set([...namesOf(contract), 'message', ...Object.values(reserved)]);
      const source = create(client.lastEventId);
      client.url = shownUrl(source.url);
      connection.add(() => source.close());
      for (const name of new Set([...names, 'open', 'error'])) {
        const onDispatch = ({ data, lastEventId = '' }: MessageLike): void => {
          // Some implementations dispatch the rest of a chunk after the listeners were removed.
          if (connection.closed) return;
          // A server may name an event `open` or `error` as well; only a message has data.
          if (data === undefined) return client.guard(() => onStateChange(name, source, client, connection, options));
          if (!names.has(name)) return;
          client.guard(() => client.moveTo(lastEventId));
          connection.next({ event: name, data: String(data) });
        };
        addListener(source, name, onDispatch, connection);
      }
    }),
    isRetryable: () => true,
    isRepeatable: () => true,
  })) as Observable<Emitted<EventOf<C> | Gap | RawIf<P>, I>>;
}

/** Notifies that an EventSource is open, or that it reconnects. The connection errors when it is closed for good. */
function onStateChange(
  type: string,
  { readyState }: EventSourceLike,
  client: Reconnector,
  connection: Subscriber<ReceivedMessage>,
  { statusObserver }: Pick<DecodingOptions, 'statusObserver'>,
): void {
  if (type === 'open') {
    client.backoff.opened();
    statusObserver?.next({ state: 'open', resume: undefined, headers: undefined });
  }
  if (type !== 'error') return;
  if (readyState !== closed) return client.connecting();
  connection.error(new ConnectionError('status', 'expected an event stream, got a response that closed it'));
}
