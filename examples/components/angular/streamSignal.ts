import { computed, type Signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { switchMap } from 'rxjs';
import type { StreamState, StreamStates } from '../streamStates.ts';

export function streamSignal<T>(create: () => StreamStates<T>): Signal<StreamState<T>> {
  const states = computed(create);
  const state = toSignal(toObservable(states).pipe(switchMap((newest) => newest)));
  return computed(() => state() ?? states().initial);
}
