import { type DependencyList, useMemo, useSyncExternalStore } from 'react';
import type { StreamState, StreamStates } from '../streamStates.ts';

export function useStream<T>(create: () => StreamStates<T>, dependencies: DependencyList): StreamState<T> {
  const store = useMemo(() => storeOf(create()), dependencies);
  return useSyncExternalStore(store.subscribe, store.current, store.initial);
}

function storeOf<T>(states: StreamStates<T>) {
  let state = states.initial;
  return {
    current: () => state,
    initial: () => states.initial,
    subscribe: (onChange: () => void) => {
      const subscription = states.subscribe((next) => {
        state = next;
        onChange();
      });
      return () => subscription.unsubscribe();
    },
  };
}
