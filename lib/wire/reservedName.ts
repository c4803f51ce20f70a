/**
 * The name itself, or a sentence that explains why no event may have it, which the compiler shows as the expected type.
 *
 * A name known only as `string` passes here and is checked at run time. `error` and `open` are names of events that
 * other servers send and that `fetch` clients read; what an EventSource may read cannot have them, which sending checks.
 *
 * @category wire
 */
export type CheckedName<N extends string> = N extends ''
  ? 'an event needs a name'
  : N extends `rxsse.${string}`
    ? `${N} is reserved: names that start with rxsse. are the library's own`
    : N;

/** The names under which an EventSource dispatches its own events, so that what it may read cannot have them. @internal */
export const eventSourceNames: ReadonlySet<string> = new Set(['error', 'open']);

/** Returns why nothing may have this name, or `undefined` when it may. @internal */
export function libraryName(name: string): string | undefined {
  return name.startsWith('rxsse.') ? "is reserved: names that start with rxsse. are the library's own" : undefined;
}
