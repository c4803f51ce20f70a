/** Keeps one waiting event for each key. @category sink */
export interface OverflowConflation<E> {
  /** Returns the key of an event; of the events with equal keys (compared as a `Map` compares), one waits. */
  readonly conflateBy: (event: E) => unknown;
  /** Combines the waiting event of a key with a new one. @default the new event replaces the waiting one */
  readonly merge?: (waiting: E, event: E) => E;
}

/**
 * Decides what happens when a reader is slower than a stream without a log.
 *
 * - `'disconnect'` closes the connection; the reader reconnects.
 * - `'drop-oldest'` drops the event that has waited longest; the reader gets a gap event.
 * - `{ conflateBy, merge }` keeps one event for each key, for prices, positions or progress, of which a slow reader
 *   wants the newest. That is neither a loss nor a gap; more keys than the queue holds disconnect.
 *
 * @category sink
 */
export type Overflow<E> = 'disconnect' | 'drop-oldest' | OverflowConflation<E>;
