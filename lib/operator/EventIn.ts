import { type Entry, isEntry } from '../event/Entry.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { reserved } from '../wire/reserved.ts';

/**
 * The event that a value of a stream carries: the one inside an entry, or the
 * value itself. Gaps are excluded, since operators pass them to the reader.
 *
 * `NoInfer` leaves the type of a stream to its source: without `strictFunctionTypes`, TypeScript would infer it from
 * what the route expects.
 *
 * @category operator
 */
export type EventIn<T> = Exclude<T extends Entry<infer E> ? E : NoInfer<T>, Gap>;

/** A value of a stream with another event at the same position. A gap stays as it is. @category operator */
export type WithEvent<T, F> = T extends Entry<infer E> ? Entry<F | Extract<E, Gap>> : F | Extract<NoInfer<T>, Gap>;

/**
 * Returns true for a value that is a plain event, neither an entry nor a gap.
 * It is a fast path: `false` means that the value needs a closer look.
 *
 * @internal
 */
export function isPlainEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const { type } = value as { readonly type?: unknown };
  return typeof type === 'string' && type !== reserved.gap;
}

/** Returns the event in a value of a stream; `undefined` for a position-only entry and for a gap. @internal */
export function eventIn<T>(value: T): EventIn<T> | undefined {
  if (isPlainEvent(value)) return value as EventIn<T>;
  const event: unknown = isEntry(value) ? value.event : value;
  return isGap(event) ? undefined : (event as EventIn<T>);
}

/** Returns true for an entry without an event, which only moves the position of its reader. @internal */
export function isPositionOnly(value: unknown): value is Entry<never> {
  return isEntry(value) && value.event === undefined;
}

/** Returns true for a position-only entry at the end of a queue that a later one may replace. @internal */
export function isReplaceable(value: unknown): boolean {
  return isPositionOnly(value) && pageEndOf(value) === undefined;
}

/** Returns the value with this event in it. With the event that it has already, it keeps its encoded frame. @internal */
export function withEvent<T, F>(value: T, event: F): WithEvent<T, F> {
  const result: unknown = isEntry(value) ? (value.event === event ? value : value.withEvent(event)) : event;
  return result as WithEvent<T, F>;
}

/** Returns true for a position-only entry and for a gap, which pass every operator unchanged. @internal */
export function isControl(value: unknown): boolean {
  if (isPlainEvent(value)) return false;
  if (!isEntry(value)) return isGap(value);
  return value.event === undefined || isGap(value.event);
}

/** Returns the entry without its event; `undefined` for a value that is not an entry. @internal */
export function positionOnly<T>(value: T): T | undefined {
  return !isPlainEvent(value) && isEntry(value) ? (value.withoutEvent() as T) : undefined;
}
