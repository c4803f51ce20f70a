import { defer, Observable } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { type Contract, type EventOf, namesOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { reserved } from '../wire/reserved.ts';
import type { Given } from './deliver.ts';
import type { BadEventPolicy, DecodingOptions, RawIf } from './FromSseOptions.ts';
import type { ReconnectState } from './Memory.ts';
import { reconnecting } from './reconnecting.ts';

/** The part of an EventSource that is needed; a browser's has it, and those of packages. @category client */
export interface EventSourceLike {
  /** 2 is closed, for good. */
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageLike) => void): void;
  removeEventListener(type: string, listener: (event: MessageLike) => void): void;
  close(): void;
}

/** The part of what it dispatches that is read; its `open` and `error` have none of it. @category client */
export interface MessageLike {
  readonly type: string;
  readonly data?: unknown;
  readonly lastEventId?: string;
}

const closed = 2;

/**
 * Reads the events of a contract through an EventSource, with the same types as `fromSse`.
 *
 * For where a native one is wanted: it is listed in the browser's tools, works
 * through what patches it, and needs no leave for headers across origins. It
 * connects again by itself after a lost line; any answer but a stream ends it for
 * good, and then another is made, with backoff. That one knows nothing of the
 * first, so its factory is given the position to put into its URL.
 *
 * An EventSource dispatches only what is listened to: events of other names are
 * not seen, but for those without a name. It does not say why it failed either,
 * so where any end of the server is final (204), set `retry.limit`.
 *
 * Completes when the server says that the stream ended. Unsubscribing closes the
 * EventSource, and nothing arrives after.
 *
 * @example The article's echo, through a browser's own EventSource
 * const said = fromEventSource((lastEventId) => new EventSource(`/sse3?message=hi&lastEventId=${lastEventId}`), Echoes);
 *
 * @throws TypeError at once, for what is no contract; RangeError for an option out of range.
 * @see fromSse, which sees why and does not need another object.
 * @category client
 */
export function fromEventSource<C extends Contract, P extends BadEventPolicy = 'drop'>(
  make: (lastEventId: string) => EventSourceLike,
  contract: C,
  options: DecodingOptions<P> = {},
): Observable<EventOf<C> | Gap | RawIf<P>> {
  return reconnecting({
    who: 'fromEventSource',
    contract,
    options,
    exact: false,
    begin: () => ({ lastEventId: '' }),
    lineOf: (memory) => ({
      connect: defer(() => dispatched(make(memory.lastEventId), namesIn(contract), memory, options)),
      isPassing: () => true,
    }),
  }) as Observable<EventOf<C> | Gap | RawIf<P>>;
}

/** All that is listened to; it shows nothing of other names. */
function namesIn(contract: Contract): ReadonlySet<string> {
  return new Set([...namesOf(contract), 'message', ...Object.values(reserved)]);
}

/** What one EventSource dispatches, until it is closed for good, which is an error. */
function dispatched(
  source: EventSourceLike,
  names: ReadonlySet<string>,
  memory: ReconnectState,
  { statusObserver }: DecodingOptions,
): Observable<Given> {
  return new Observable((subscriber) => {
    /** Runs what an EventSource calls, where a throw would be heard by nobody. */
    const contained =
      (work: (event: MessageLike) => void) =>
      (event: MessageLike): void => {
        // Some dispatch the rest of a chunk after `close`.
        if (subscriber.closed) return;
        try {
          work(event);
        } catch (error) {
          subscriber.error(error);
        }
      };
    const hear = contained(({ type, data, lastEventId = '' }) => {
      memory.lastEventId = lastEventId;
      subscriber.next({ event: type, data: String(data) });
    });
    const open = contained(() => {
      memory.backoff.opened();
      statusObserver?.next({ state: 'open', resume: undefined });
    });
    const error = contained(() => {
      if (source.readyState === closed) {
        subscriber.error(new ConnectionError('status', 'expected a stream, got an answer that closed the EventSource'));
      } else {
        const { backoff, lastEventId } = memory;
        statusObserver?.next({ state: 'connecting', attempt: backoff.attempt, lastEventId });
      }
    });
    const listeners = new Map([...[...names].map((name) => [name, hear] as const), ['open', open], ['error', error]]);
    for (const [type, listener] of listeners) source.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of listeners) source.removeEventListener(type, listener);
      source.close();
    };
  });
}
