import type { Observable } from 'rxjs';
import type { Entry, OutsideEntry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AnyFeed } from '../feed/coreOf.ts';
import type { PlatformObservable } from '../operator/observableFrom.ts';
import type { EventOfFeed } from './ResumeOptions.ts';
import type { Sendable } from './SseOptions.ts';

/**
 * The second argument of `sse`: a stream, or a function that returns one; where the stream carries what the contract of
 * the route does not have, a sentence that the compiler shows as the expected type.
 *
 * @category sink
 */
export type CheckedStream<C extends Contract, X, Context> = [ValueOf<X>] extends [Sendable<C, ValueOf<X>>]
  ? [OutsideEntryIn<ValueOf<X>>] extends [never]
    ? X | ((context: Context) => X | Promise<X>)
    : 'an entry of feed.entries() cannot be sent: read the feed with feed.read(context), or send feed.events()'
  : Mistake<C, ValueOf<X>>;

/** The members of a union that are read outside a route; none of a value of any type. */
type OutsideEntryIn<T> = unknown extends T ? never : Extract<T, OutsideEntry<unknown>>;

/** The values that a stream emits, and the events of a feed. @category sink */
export type ValueOf<X> =
  X extends Observable<infer T>
    ? T
    : X extends PlatformObservable<infer T>
      ? T
      : X extends AsyncIterable<infer T> | Iterable<infer T>
        ? T
        : X extends AnyFeed & { readonly contract: infer F extends Contract }
          ? EventOfFeed<EventOf<F>>
          : never;

/** A sentence about the first values of a stream that are not sendable. */
type Mistake<C extends Contract, T> = unknown extends T
  ? 'a value of any type is not an event of this contract: check it with decodeEvents'
  : MistakeOf<C, EventInside<Exclude<T, Sendable<C>>>>;

type EventInside<T> = T extends Entry<infer E> ? Exclude<E, Gap> : T;

/** Distributes over a union, and says nothing about the members of it that are events of the contract. */
type MistakeOf<C extends Contract, E> =
  E extends EventOf<C>
    ? never
    : E extends { readonly type: infer N extends string }
      ? string extends N
        ? 'an event whose type is any string is not an event of this contract: create it by its definition'
        : N extends EventOf<C>['type']
          ? DataMistake<N, E, Extract<EventOf<C>, { readonly type: N }>>
          : `${N} is not an event of this contract`
      : `${KindOf<E>} is not an event of this contract: create one by its definition`;

type DataMistake<N extends string, E, Defined> = E extends { readonly data: infer D }
  ? Defined extends { readonly data: infer Expected extends object }
    ? FieldMistake<N, WrongKeys<D, Expected>>
    : `the data of ${N} does not match its definition in this contract`
  : `${N} has no data, and its definition in this contract has`;

type FieldMistake<N extends string, Key> = [Key] extends [string | number]
  ? `${N}.data.${Key} does not match its definition in this contract`
  : never;

type WrongKeys<D, Expected> = {
  [K in keyof Expected]: K extends keyof D ? (D[K] extends Expected[K] ? never : K) : K;
}[keyof Expected];

type KindOf<E> = E extends string
  ? 'a string'
  : E extends number
    ? 'a number'
    : E extends boolean
      ? 'a boolean'
      : E extends null | undefined
        ? `${E}`
        : 'a value without a type';
