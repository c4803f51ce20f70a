/** An object that calls listeners by name: a Node `EventEmitter` or one with its methods, or a DOM `EventTarget`. @category source */
export type Emitter =
  | { on(name: never, listener: never): unknown; off(name: never, listener: never): unknown }
  | { addEventListener(name: never, listener: never): void; removeEventListener(name: never, listener: never): void };

/** The union of the parameters of all overloads; inference alone sees only the last one. */
type Overloads<F, Seen = unknown> = Seen & F extends (...args: infer A) => infer R
  ? Seen extends F
    ? never
    : Overloads<F, Pick<F, keyof F> & Seen & ((...args: A) => R)> | A
  : never;

/** The arguments of the listener in the overload of `on` for this literal name. */
type Stated<A, N> = A extends [infer Name, (...args: infer H) => unknown]
  ? string extends Name
    ? never
    : N extends Name
      ? H
      : never
  : never;

/** The argument of the listener of a DOM object, by its `onmessage` for `message`. */
type Dispatched<E, N extends string> = E extends { readonly [K in `on${N}`]: infer H }
  ? H extends (event: infer V) => unknown
    ? [event: V]
    : never
  : E extends { addEventListener(name: N, listener: (event: infer V) => void): void }
    ? [event: V]
    : unknown[];

type OrUnknown<A> = [A] extends [never] ? unknown[] : A extends unknown[] ? A : never;

/**
 * The arguments of a listener of this name, where the type of the emitter declares
 * them, and else `unknown[]`: the listener then annotates its parameters.
 */
type ArgumentsOf<E, N extends string> = E extends { on: infer F }
  ? OrUnknown<Stated<Overloads<F>, N>>
  : Dispatched<E, N>;

/** A method type is bivariant, so that a maker may annotate narrower parameters than the emitter declares. */
type Maker<A extends unknown[]> = { make(...args: A): unknown }['make'];

/** Functions that make a value of the arguments of an event, by the name of the event. @category source */
export type Makers<E, M> = { readonly [N in keyof M]: N extends string ? Maker<OrUnknown<ArgumentsOf<E, N>>> : never };

/** The same makers where a Node emitter accepts them as listeners, and else a message. @category source */
export type CheckedMakers<E, M> = {
  readonly [N in keyof M]: E extends { on: unknown }
    ? E extends { on(name: N, listener: M[N]): unknown }
      ? M[N]
      : 'the emitter does not call listeners of this name with these arguments'
    : M[N];
};

/** The union of what the makers return. @category source */
export type MadeBy<M> = M[keyof M] extends (...args: never) => infer R ? R : never;

type EmitterListener = (...args: unknown[]) => void;

/** Adds a listener and returns a function that removes it. */
export function listenTo(emitter: Emitter, name: string, listener: EmitterListener): () => void {
  if ('on' in emitter) {
    const node = emitter as Record<'on' | 'off', (name: string, listener: EmitterListener) => unknown>;
    node.on(name, listener);
    return () => node.off(name, listener);
  }
  const dom = emitter as Record<`${'add' | 'remove'}EventListener`, (name: string, listener: EmitterListener) => void>;
  dom.addEventListener(name, listener);
  return () => dom.removeEventListener(name, listener);
}
