import { timer } from 'rxjs';

/** Returns what a function returns later, in the time of the marbles, which a promise does not have. */
export function laterOf<T>(result: () => T, ms: number): PromiseLike<T> {
  const then = (onResolved: (value: T) => unknown): void => void timer(ms).subscribe(() => onResolved(result()));
  return Object.defineProperty({}, 'then', { value: then }) as PromiseLike<T>;
}
