/** How events that wait for a full socket are brought together. @category sink */
export interface ConflateOptions<E> {
  /** What an event is about: of those about the same, one waits. Compared as a `Map` compares. */
  readonly key: (event: E) => unknown;
  /** Makes one of the one that waits and the new one. @default the new one */
  readonly merge?: (waiting: E, event: E) => E;
}

/** Made by {@link conflate}. @category sink */
export interface Conflation<E> {
  readonly _tag: 'Conflation';
  key(event: E): unknown;
  merge(waiting: E, event: E): E;
}

/**
 * What happens to a stream that no log remembers when its reader is slower than
 * the stream: the connection is cut, so that the reader comes back; the oldest
 * that waits is dropped, and a gap tells so; or what is about the same is
 * brought together.
 *
 * @category sink
 */
export type Overflow<E> = 'disconnect' | 'drop-oldest' | Conflation<E>;

/**
 * Keeps one event for each key while a socket is full: for prices, positions,
 * progress, of which a slow reader wants the newest. It is no loss and no gap;
 * more keys than the queue holds disconnect.
 *
 * @example The newest price of each symbol
 * const overflow = conflate({ key: (price: { readonly symbol: string }) => price.symbol });
 * app.get('/prices', sse(prices, { overflow }));
 *
 * @category sink
 */
export function conflate<E>({ key, merge = newest }: ConflateOptions<E>): Conflation<E> {
  return { _tag: 'Conflation', key, merge };
}

function newest<E>(_waiting: E, event: E): E {
  return event;
}
