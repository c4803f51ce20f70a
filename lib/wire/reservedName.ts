/**
 * The name itself, or a sentence that explains why no event may have it, which the compiler shows as the expected type.
 *
 * A name known only as `string` passes here and is checked at run time.
 *
 * @category wire
 */
export type CheckedName<N extends string> = N extends ''
  ? 'an event needs a name'
  : N extends `rxsse.${string}`
    ? `${N} is reserved: names that start with rxsse. are the library's own`
    : N extends 'error' | 'open'
      ? `${N} is reserved: EventSource dispatches its own event under that name`
      : N;

/**
 * The same for a frame, which may be called `error` or `open`: protocols that fetch clients read have an event `error`.
 * A route sends such a frame where `wire.control` is not `'events'`.
 *
 * @category wire
 */
export type CheckedFrameName<N extends string> = N extends 'error' | 'open' ? N : CheckedName<N>;

/** Returns why no event may have this name, or `undefined` when it may. @internal */
export function reservedName(name: string): string | undefined {
  if (name === 'error' || name === 'open') return 'is reserved: EventSource dispatches its own event under that name';
  return libraryName(name);
}

/** Returns why not even a frame may have this name, or `undefined` when it may. @internal */
export function libraryName(name: string): string | undefined {
  return name.startsWith('rxsse.') ? "is reserved: names that start with rxsse. are the library's own" : undefined;
}
