/** The counts that the load generator prints when they are requested, and when its readers have all that they expect. */
export interface LoadReport {
  readonly deliveries: number;
  /** The number of events that were lost, repeated or out of order. */
  readonly errors: number;
  /** The number of readers whose connection ended. */
  readonly closed: number;
  /** When the first and the last event arrived, in microseconds of the clock that all processes share. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Processor time in microseconds, user and system. */
  readonly busy: number;
  /** Milliseconds from publication to arrival. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** The first failure, as text. */
  readonly trouble: string;
}

export interface ReadyReport {
  readonly readers: number;
  readonly failed: number;
  /** The time from the first connection to the last response head, in microseconds. */
  readonly micros: number;
  readonly busy: number;
  readonly trouble: string;
}

/** One line of the load generator's output. */
export type LoadMessage =
  | ({ readonly ready: true } & ReadyReport)
  | { readonly expecting: true }
  | ({ readonly done: true } & LoadReport)
  | ({ readonly counted: true } & LoadReport)
  | ({ readonly lost: true } & LoadReport);
