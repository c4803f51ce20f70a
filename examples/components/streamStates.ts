import { type NextObserver, Observable } from 'rxjs';
import { type Gap, isGap } from 'rxsse';
import type { ConnectionStatus } from 'rxsse/client';

export interface StreamState<T> {
  readonly value: T;
  /** `connecting`, `open`, `retrying`, `paused`, `ended` or `failed`. */
  readonly status: ConnectionStatus['state'] | 'failed';
  /** Why the client is retrying, or has failed. */
  readonly error: unknown;
  /** The newest report of missing events: the value is incomplete. */
  readonly gap: Gap | undefined;
}

/** Emits the first state at once, and another one when anything of it changes. It does not error. */
export interface StreamStates<T> extends Observable<StreamState<T>> {
  readonly initial: StreamState<T>;
}

export function streamStates<E, T>(
  connect: (statusObserver: NextObserver<ConnectionStatus>) => Observable<E | Gap>,
  value: T,
  reduce: (value: T, event: E) => T,
  afterGap: (value: T) => T = (value) => value,
): StreamStates<T> {
  const initial: StreamState<T> = { value, status: 'connecting', error: undefined, gap: undefined };
  const states = new Observable<StreamState<T>>((subscriber) => {
    let state = initial;
    const change = (part: Partial<StreamState<T>>) => {
      state = { ...state, ...part };
      subscriber.next(state);
    };
    subscriber.next(state);
    // A server renders the initial state and does not connect.
    if (!('document' in globalThis)) return;
    return connect({ next: (status) => change(connectionState(status)) }).subscribe({
      next: (event) =>
        change(
          isGap(event) ? { gap: event, value: afterGap(state.value) } : { value: reduce(state.value, event as E) },
        ),
      // The status `failed` has the error.
      error: () => {},
    });
  });
  return Object.assign(states, { initial });
}

function connectionState(status: ConnectionStatus): Pick<StreamState<unknown>, 'status' | 'error'> {
  const hasFailed = status.state === 'ended' && status.reason === 'failed';
  return { status: hasFailed ? 'failed' : status.state, error: 'error' in status ? status.error : undefined };
}
