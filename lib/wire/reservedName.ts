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

/** Returns why no event may have this name, or `undefined` when it may. @internal */
export function reservedName(name: string): string | undefined {
  if (name.startsWith('rxsse.')) return "is reserved: names that start with rxsse. are the library's own";
  if (name === 'error' || name === 'open') return 'is reserved: EventSource dispatches its own event under that name';
  return undefined;
}
