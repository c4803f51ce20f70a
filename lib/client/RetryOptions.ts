/** How a lost line is tried again. @category client */
export interface ReconnectOptions {
  /**
   * The longest wait after a first failure where the server asked for none, in milliseconds; it doubles with each
   * failure in a row. The wait is a random time up to that bound (full jitter). Where the server asked for a wait, by
   * `retry:` or `Retry-After`, that is waited in full and the random time is added: at a first failure no more than as
   * much again. Above 0.
   *
   * @default 1000
   */
  readonly initialDelay?: number;
  /** The longest random time of all, in milliseconds. At least `initial`; no more than 2147483647. @default 30000 */
  readonly maxDelay?: number;
  /**
   * A line that was open for this long, in milliseconds, was stable: when it is lost, the counting begins anew. With 0
   * each that opened is, and with `Infinity` none.
   *
   * @default 5000
   */
  readonly resetAfter?: number;
  /** Failures in a row that are followed by another try; 0 gives up at the first. @default Infinity: for ever */
  readonly maxAttempts?: number;
  /**
   * Longest time from a line's loss to the next try, over all failures in a row, in milliseconds: a wait that would
   * go beyond is not begun, and the failure is passed on.
   *
   * @default Infinity
   */
  readonly maxElapsed?: number;
}
