import type * as t from 'io-ts';

/** An event: what happened, by name, and the data of it. A plain object. @category event */
export type TypedEvent<T extends string = string, D = unknown> = { readonly type: T; readonly data: D };

/**
 * One kind of event: its constructor, its codec and its guard in one value.
 * Made by `event` and, for the shapes of a contract, by `events`.
 *
 * @category event
 */
export interface EventDefinition<T extends string, D, Given extends readonly unknown[] = [data: D], Encoded = D> {
  /**
   * Makes an event. What it is given is checked, not copied.
   *
   * @throws TypeError naming each path that is wrong: a bad value here is a mistake in the program.
   */
  (...data: Given): TypedEvent<T, D>;
  /** The name that goes on the wire. */
  readonly type: T;
  /** The codec of the whole event. Exact: unknown fields neither leave nor come in, at any depth. */
  readonly codec: t.Type<TypedEvent<T, D>, TypedEvent<T, Encoded>, unknown>;
  /** The codec of its data alone, exact likewise. */
  readonly payload: t.Type<D, Encoded, unknown>;
  /** Whether a value is such an event, whoever made it. */
  is(value: unknown): value is TypedEvent<T, D>;
}

/** A definition of which no more is known than that it is one. @category event */
export interface AnyDefinition {
  (...data: never): TypedEvent;
  readonly type: string;
  readonly codec: t.Mixed;
  readonly payload: t.Mixed;
  is(value: unknown): value is TypedEvent;
}
