import * as t from 'io-ts';
import { lastValueFrom, type Observable, Subject, take, takeUntil, toArray } from 'rxjs';
import { type EventOf, events, type Gap } from 'rxsse';
import type { BadEventPolicy, ConnectionStatus, FromSseOptions, RawIf, RequestTarget } from 'rxsse/client';
import { fromSse } from 'rxsse/client';

/** The contract of the client's specs: numbered ticks. */
export const Ticks = events({ Tick: t.number });
export const { Tick } = Ticks;

/** What a tick is on the wire. */
export const tick = (n: number, id = String(n)): string => `id: ${id}\nevent: tick\ndata: ${n}\n\n`;

/** The end of a stream, as our servers say it. */
export const end = 'event: rxsse.end\ndata: null\n\n';

/** A client that comes back at once. */
export function follow<P extends BadEventPolicy = 'drop'>(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  options: FromSseOptions<P> = {},
): Observable<EventOf<typeof Ticks> | Gap | RawIf<P>> {
  return fromSse(target, Ticks, { backoff: { initialDelay: 1, maxDelay: 1 }, ...options });
}

/** The first values of a stream, which then is left; or all of one that completes. */
export function valuesOf<T>(stream: Observable<T>, count = Infinity): Promise<T[]> {
  return lastValueFrom(stream.pipe(count === Infinity ? (same) => same : take(count), toArray()));
}

/** What a stream fails with. */
export async function failureOf(stream: Observable<unknown>): Promise<unknown> {
  try {
    await valuesOf(stream);
  } catch (error) {
    return error;
  }
  throw new Error('the stream completed, and was to fail');
}

/** Keeps what a status observer hears, in short. */
export function statuses(): {
  readonly told: string[];
  readonly all: ConnectionStatus[];
  next(status: ConnectionStatus): void;
} {
  const told: string[] = [];
  const all: ConnectionStatus[] = [];
  return {
    told,
    all,
    next: (status) => {
      all.push(status);
      told.push(inShort(status));
    },
  };
}

function inShort(status: ConnectionStatus): string {
  switch (status.state) {
    case 'connecting':
      return status.lastEventId === '' ? 'connecting' : `connecting after ${status.lastEventId}`;
    case 'retrying':
      return `retrying: ${status.error.reason}`;
    case 'ended':
      return status.why;
    default:
      return status.state;
  }
}

/** The first status of a kind that a client tells, which then is left. */
export function firstStatus<S extends ConnectionStatus['state']>(
  state: S,
  make: (status: { next(status: ConnectionStatus): void }) => Observable<unknown>,
): Promise<Extract<ConnectionStatus, { readonly state: S }>> {
  return new Promise((resolve, reject) => {
    const isWanted = (said: ConnectionStatus): said is Extract<ConnectionStatus, { readonly state: S }> =>
      said.state === state;
    const left = new Subject<void>();
    const next = (said: ConnectionStatus): void => {
      if (!isWanted(said)) return;
      resolve(said);
      // After it: the wait begins when it was told of.
      setImmediate(() => left.next());
    };
    make({ next }).pipe(takeUntil(left)).subscribe({ error: reject });
  });
}
