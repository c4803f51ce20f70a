import { type ShallowRef, shallowRef, watch } from 'vue';
import type { StreamState, StreamStates } from '../streamStates.ts';

export function useStream<T>(create: () => StreamStates<T>): Readonly<ShallowRef<StreamState<T>>> {
  const state = shallowRef() as ShallowRef<StreamState<T>>;
  const connect = (states: StreamStates<T>, _: unknown, onCleanup: (close: () => void) => void) => {
    const subscription = states.subscribe((next) => {
      state.value = next;
    });
    onCleanup(() => subscription.unsubscribe());
  };
  watch(create, connect, { immediate: true });
  return state;
}
