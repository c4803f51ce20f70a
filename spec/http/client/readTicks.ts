import * as t from 'io-ts';
import { lastValueFrom, type NextObserver, type Observable, Subject, take, takeUntil, toArray } from 'rxjs';
import { type EventOf, events, type Gap } from 'rxsse';
import type { BadEventPolicy, ConnectionStatus, FromSseOptions, RawIf, RequestTarget } from 'rxsse/client';
import { fromSse } from 'rxsse/client';

/** The contract of the client's specs: numbered ticks. */
export const Ticks = events({ Tick: t.number });
export const { Tick } = Ticks;

/** Returns the frame of a tick. */
export const tick = (n: number, id = String(n)): string => `id: ${id}\nevent: tick\ndata: ${n}\n\n`;

/** The frame that ends a stream. */
export const end = 'event: rxsse.end\ndata: null\n\n';

/** Reads ticks with a client that reconnects at once. */
export function readTicks<P extends BadEventPolicy = 'drop'>(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: FromSseOptions<P> = {},
): Observable<EventOf<typeof Ticks> | Gap | RawIf<P>> {
  return fromSse(target, Ticks, { backoff: { initialDelay: 1, maxDelay: 1 }, ...options });
}

/** Resolves to the first values of a stream, which it then unsubscribes from, or to all of one that completes. */
export function valuesOf<T>(stream: Observable<T>, count = Infinity): Promise<T[]> {
  return lastValueFrom(stream.pipe(count === Infinity ? (same) => same : take(count), toArray()));
}

/** Resolves to the error of a stream. */
export async function failureOf(stream: Observable<unknown>): Promise<unknown> {
  try {
    await valuesOf(stream);
  } catch (error) {
    return error;
  }
  throw new Error('expected the stream to fail, but it completed');
}

/** Returns a status observer that records each status, whole and as a short text. */
export function recordStates(): NextObserver<ConnectionStatus> & {
  readonly states: string[];
  readonly all: ConnectionStatus[];
} {
  const states: string[] = [];
  const all: ConnectionStatus[] = [];
  return {
    states,
    all,
    next: (status) => {
      all.push(status);
      states.push(summaryOf(status));
    },
  };
}

function summaryOf(status: ConnectionStatus): string {
  switch (status.state) {
    case 'connecting':
      return status.lastEventId === '' ? 'connecting' : `connecting after ${status.lastEventId}`;
    case 'retrying':
      return `retrying: ${status.error.reason}`;
    case 'ended':
      return status.reason;
    default:
      return status.state;
  }
}

/** Resolves to the first status with that state of a client, which it then unsubscribes from. */
export function firstStatus<S extends ConnectionStatus['state']>(
  state: S,
  create: (observer: NextObserver<ConnectionStatus>) => Observable<unknown>,
): Promise<Extract<ConnectionStatus, { readonly state: S }>> {
  return new Promise((resolve, reject) => {
    const isWanted = (status: ConnectionStatus): status is Extract<ConnectionStatus, { readonly state: S }> =>
      status.state === state;
    const found = new Subject<void>();
    const next = (status: ConnectionStatus): void => {
      if (!isWanted(status)) return;
      resolve(status);
      // Later, since the client starts its wait after it has sent the status.
      setImmediate(() => found.next());
    };
    create({ next }).pipe(takeUntil(found)).subscribe({ error: reject });
  });
}
