import { Entry } from '../event/Entry.ts';
import { type Gap, isGap } from '../event/Gap.ts';

/**
 * The event that a value of a stream carries: an entry the one inside it, any
 * other value itself. Never a gap, which is for the reader alone.
 *
 * @category operator
 */
export type EventIn<T> = Exclude<T extends Entry<infer E> ? E : T, Gap>;

/** A value of a stream with another event in it, at the same place. A gap stays what it is. @category operator */
export type WithEvent<T, F> = T extends Entry<infer E> ? Entry<F | Extract<E, Gap>> : F | Extract<T, Gap>;

/** The event in a value of a stream; `undefined` for a bare place and for a gap, which no callback sees. @internal */
export function eventIn<T>(value: T): EventIn<T> | undefined {
  const event: unknown = value instanceof Entry ? value.event : value;
  return isGap(event) ? undefined : (event as EventIn<T>);
}
