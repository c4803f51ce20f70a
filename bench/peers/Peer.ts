import type { Numbered, Scenario } from '../Scenario.ts';

/** A server under test. */
export interface Served {
  readonly port: number;
  /** Everything that one turn of the loop publishes to one feed, in order. */
  publish(feed: number, events: readonly Numbered[]): void;
  /** Who is subscribed now, where that is later than the head of the response. */
  readers?(): number;
  /** Resolves when the next turn's events may be published; without it, at once. */
  ready?(): Promise<void> | undefined;
  /** Another process that does the work, and whose time and memory count too. */
  readonly pid?: number;
  close?(): void;
}

export type Serve = (scenario: Scenario) => Served | Promise<Served>;
