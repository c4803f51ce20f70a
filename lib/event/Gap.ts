/**
 * Why a reader cannot have exactly what it missed.
 *
 * `trimmed`: it is no longer kept · `epoch`: the cursor belongs to another
 * numbering · `future`: the log has not come that far · `invalid`: not a cursor ·
 * `overflow`: the reader was too slow for a stream that no log remembers.
 *
 * @category event
 */
export type GapReason = 'trimmed' | 'epoch' | 'future' | 'invalid' | 'overflow';

/**
 * Tells a reader, at its place in the stream, that something is missing there.
 *
 * @category event
 */
export interface Gap {
  readonly type: 'rxsse.gap';
  readonly data: {
    readonly reason: GapReason;
    /** The cursor that the reader came with, where it was one. */
    readonly requested: string | null;
    /** The position after which the stream goes on. */
    readonly resumedFrom: string;
  };
}

/**
 * Tells a gap from the events of a contract, which cannot have its name.
 *
 * @example Count what readers missed
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * const gaps = orders.after('oldest').pipe(filter(({ event }) => isGap(event)));
 *
 * @category event
 */
export function isGap(event: unknown): event is Gap {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'rxsse.gap';
}
