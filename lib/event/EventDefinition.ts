import type * as t from 'io-ts';
import type { EventProps } from './standardProps.ts';

/** An event: its name and its data, as a plain object. @category event */
export type TypedEvent<T extends string = string, D = unknown> = { readonly type: T; readonly data: D };

/**
 * The definition of one kind of event: its constructor, its codec and its guard in one value. Created by `event` and,
 * for the shapes of a contract, by `events`.
 *
 * @category event
 */
export interface EventDefinition<T extends string, D, Args extends readonly unknown[] = [data: D], Encoded = D> {
  /**
   * Creates an event. The data is checked, not copied.
   *
   * @throws TypeError naming each path that is wrong: bad data here is a mistake in the program.
   */
  (...data: Args): TypedEvent<T, D>;
  /** The name that is sent. */
  readonly type: T;
  /** The codec of the whole event. It is exact: unknown fields are neither sent nor accepted, at any depth. */
  readonly codec: t.Type<TypedEvent<T, D>, TypedEvent<T, Encoded>, unknown>;
  /** The codec of the data, exact as well. */
  readonly payload: t.Type<D, Encoded, unknown>;
  /** Returns true for such an event, also for one that another copy of the library created. */
  is(value: unknown): value is TypedEvent<T, D>;
  /** Makes the definition a Standard Schema of the whole event, with its JSON Schema, for other libraries. It does what `codec.decode` does. */
  readonly '~standard': EventProps<TypedEvent<T, Encoded>, TypedEvent<T, D>>;
}

/** Any definition. @category event */
export interface AnyDefinition {
  (...data: never): TypedEvent;
  readonly type: string;
  readonly codec: t.Mixed;
  readonly payload: t.Mixed;
  is(value: unknown): value is TypedEvent;
  readonly '~standard': EventProps<unknown, TypedEvent>;
}
