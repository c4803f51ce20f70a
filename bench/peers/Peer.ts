import type { Numbered, Scenario } from '../Scenario.ts';

/** A server under test. */
export interface Served {
  readonly port: number;
  /** Publishes the events of one turn of the loop to one feed, in order. */
  publish(feed: number, events: readonly Numbered[]): void;
  /** Returns the number of subscribed readers, if they subscribe after the response head is sent. */
  readers?(): number;
  /** Resolves when the events of the next turn may be published. @default at once */
  ready?(): Promise<void> | undefined;
  /** The other process that does the work, if there is one; its time and memory count too. */
  readonly pid?: number;
  close?(): void;
}

export type Serve = (scenario: Scenario) => Served | Promise<Served>;

/** A server of two processes. */
export interface AcrossPeer {
  /** Opens what publishes, in the process that publishes. */
  openPublisher(scenario: Scenario): Promise<Pick<Served, 'publish' | 'ready'>>;
  /** Serves readers, in the process that serves them; resolves with its port. */
  serveReaders(scenario: Scenario): Promise<number>;
}
