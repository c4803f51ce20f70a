import { Entry } from '../event/Entry.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { reserved } from '../wire/reserved.ts';

/**
 * The event that a value of a stream carries: an entry the one inside it, any
 * other value itself. Never a gap, which is for the reader alone.
 *
 * @category operator
 */
export type EventIn<T> = Exclude<T extends Entry<infer E> ? E : T, Gap>;

/** A value of a stream with another event in it, at the same place. A gap stays what it is. @category operator */
export type WithEvent<T, F> = T extends Entry<infer E> ? Entry<F | Extract<E, Gap>> : F | Extract<T, Gap>;

/**
 * Whether a value is its own event, as far as one look at it tells: most values
 * are, and an operator has no more to ask. One that is not may still be one.
 *
 * @internal
 */
export function isOwnEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const { type } = value as { readonly type?: unknown };
  return typeof type === 'string' && type !== reserved.gap;
}

/** The event in a value of a stream; `undefined` for a bare place and for a gap, which no callback sees. @internal */
export function eventIn<T>(value: T): EventIn<T> | undefined {
  if (isOwnEvent(value)) return value as EventIn<T>;
  const event: unknown = value instanceof Entry ? value.event : value;
  return isGap(event) ? undefined : (event as EventIn<T>);
}

/** Whether a value is a place alone: the reader has come so far. @internal */
export function isBare(value: unknown): value is Entry<never> {
  return value instanceof Entry && value.event === undefined;
}

/** A value with this event in it. The event that it has already leaves it as the log has it. @internal */
export function withEvent<T, F>(value: T, event: F): WithEvent<T, F> {
  const placed: unknown = value instanceof Entry ? (value.event === event ? value : value.withEvent(event)) : event;
  return placed as WithEvent<T, F>;
}

/** Whether a value is for the reader alone: a bare place or a gap, which pass every operator as they are. @internal */
export function isForReader(value: unknown): boolean {
  if (isOwnEvent(value)) return false;
  if (!(value instanceof Entry)) return isGap(value);
  return value.event === undefined || isGap(value.event);
}

/** The place of a value without its event; `undefined` where it has none. @internal */
export function placeOnly<T>(value: T): T | undefined {
  return !isOwnEvent(value) && value instanceof Entry ? (value.withoutEvent() as T) : undefined;
}
