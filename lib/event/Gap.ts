/**
 * Why a reader cannot get exactly what it missed.
 *
 * `trimmed`: the log no longer has it · `epoch`: the cursor belongs to another numbering · `future`: the log has not
 * come that far · `invalid`: the text is not a cursor · `overflow`: the reader was too slow for a stream without a log.
 *
 * @category event
 */
export type GapReason = 'trimmed' | 'epoch' | 'future' | 'invalid' | 'overflow';

/**
 * Reports to a reader that events are missing at this position of the stream.
 *
 * @category event
 */
export interface Gap {
  readonly type: 'rxsse.gap';
  readonly data: {
    readonly reason: GapReason;
    /** The cursor that the reader sent; `null` where it sent none. */
    readonly requested: string | null;
    /** The cursor after which the stream continues. */
    readonly resumedFrom: string;
    /** The name of the feed that misses events, in a merge of several (`mergeFeeds`). */
    readonly feed?: string;
  };
}

/**
 * Distinguishes a gap from the events of a contract, which cannot have its name.
 *
 * @example Count what readers missed
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * const gaps = orders.events({ from: 'oldest' }).pipe(filter(isGap));
 *
 * @category event
 */
export function isGap(event: unknown): event is Gap {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'rxsse.gap';
}
