/** What the load generator says when it is asked, and when its readers have what they expect. */
export interface LoadReport {
  readonly deliveries: number;
  /** Events that were lost, repeated or out of order. */
  readonly errors: number;
  /** Readers whose connection ended. */
  readonly closed: number;
  /** Microseconds on the clock that all processes share: when the first and the last event came. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Microseconds of the processor, system included. */
  readonly busy: number;
  /** Milliseconds from publication to arrival. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** The first thing that went wrong. */
  readonly trouble: string;
}

export interface ReadyReport {
  readonly readers: number;
  readonly failed: number;
  /** From the first connection to the last head, in microseconds. */
  readonly micros: number;
  readonly busy: number;
  readonly trouble: string;
}

export type LoadSays =
  | ({ readonly ready: true } & ReadyReport)
  | { readonly expecting: true }
  | ({ readonly done: true } & LoadReport)
  | ({ readonly counted: true } & LoadReport)
  | ({ readonly gone: true } & LoadReport);
