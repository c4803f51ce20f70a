/** What calls listeners by name: a Node `EventEmitter` and what is made like one, or a DOM `EventTarget`. @category source */
export type Emitter =
  | { on(name: never, listener: never): unknown; off(name: never, listener: never): unknown }
  | { addEventListener(name: never, listener: never): void; removeEventListener(name: never, listener: never): void };

/** The parameters of each overload, one after the other: inference alone sees the last. */
type Overloads<F, Seen = unknown> = Seen & F extends (...given: infer A) => infer R
  ? Seen extends F
    ? never
    : Overloads<F, Pick<F, keyof F> & Seen & ((...given: A) => R)> | A
  : never;

/** The arguments that an overload of `on` has for this very name. */
type Stated<A, N> = A extends [infer Name, (...heard: infer H) => unknown]
  ? string extends Name
    ? never
    : N extends Name
      ? H
      : never
  : never;

/** What a DOM object's own `onmessage` says of its `message`. */
type Dispatched<E, N extends string> = E extends { readonly [K in `on${N}`]: infer H }
  ? H extends (event: infer V) => unknown
    ? [event: V]
    : never
  : E extends { addEventListener(name: N, listener: (event: infer V) => void): void }
    ? [event: V]
    : unknown[];

type OrUnknown<A> = [A] extends [never] ? unknown[] : A extends unknown[] ? A : never;

/**
 * What listeners of this name are called with, as far as the emitter's type says
 * it; `unknown` where it does not, to be stated by the listener and checked then.
 */
type Heard<E, N extends string> = E extends { on: infer F } ? OrUnknown<Stated<Overloads<F>, N>> : Dispatched<E, N>;

/** As a method it may state its parameters more exactly than they are known. */
type Making<A extends unknown[]> = { making(...heard: A): unknown }['making'];

/** What becomes of each event, by its name. @category source */
export type Makers<E, M> = { readonly [N in keyof M]: N extends string ? Making<OrUnknown<Heard<E, N>>> : never };

/** The same makers where a Node emitter takes them for listeners; else what is wrong. @category source */
export type CheckedMakers<E, M> = {
  readonly [N in keyof M]: E extends { on: unknown }
    ? E extends { on(name: N, listener: M[N]): unknown }
      ? M[N]
      : 'the emitter does not call listeners of this name with these arguments'
    : M[N];
};

/** What the makers make. @category source */
export type MadeBy<M> = M[keyof M] extends (...heard: never) => infer R ? R : never;

type Listener = (...heard: unknown[]) => void;

/** Adds a listener; gives what removes it. */
export function listenTo(emitter: Emitter, name: string, listener: Listener): () => void {
  if ('on' in emitter) {
    const node = emitter as Record<'on' | 'off', (name: string, listener: Listener) => unknown>;
    node.on(name, listener);
    return () => node.off(name, listener);
  }
  const dom = emitter as Record<`${'add' | 'remove'}EventListener`, (name: string, listener: Listener) => void>;
  dom.addEventListener(name, listener);
  return () => dom.removeEventListener(name, listener);
}
