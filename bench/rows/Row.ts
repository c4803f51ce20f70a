import type { ProfileLine, Scenario, Used } from '../Scenario.ts';
import type { Phase, Session } from '../Session.ts';
import type { LogName } from '../storage.ts';

/** The results of one run by name. */
export type Figures = Readonly<Record<string, number>>;

export interface Budget {
  /** The length that the measured part of a run should have. */
  readonly seconds: number;
  /** Whether all numbers are small, to see that it works and not how fast. */
  readonly quick: boolean;
}

/** One line of a row. */
export type Entry = ServedEntry | LoneEntry;

/** A server with its readers, and the way they are measured. */
export interface ServedEntry {
  readonly label: string;
  readonly scenario: Scenario;
  readonly measure: (session: Session, budget: Budget) => Promise<Measured>;
  /** The program of the server process. @default the one of this checkout */
  readonly serverProgram?: string;
  /** Whether the entry is left out of a quick run. */
  readonly slow?: boolean;
  /** The values that are smaller in a quick run. */
  readonly quick?: Partial<Scenario>;
}

/** A measurement that starts what it needs itself. */
export interface LoneEntry {
  readonly label: string;
  /** The log that it needs: the entry is left out where its server is not installed. */
  readonly log?: LogName;
  readonly alone: (budget: Budget) => Promise<Measured>;
  readonly slow?: boolean;
}

export interface Measured {
  readonly figures: Figures;
  readonly profile?: readonly ProfileLine[];
}

/** Returns the median of all rounds by entry and figure, or `undefined` if it was not measured. */
export type Look = (label: string, figure: string) => number | undefined;

/** A value to reach. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly value: (look: Look) => number | undefined;
  /** The bound that counts as reached. @default none: the figure is reported and not judged */
  readonly least?: number;
  readonly aim?: number;
  /** Whether larger values are better. */
  readonly more: boolean;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  /** A sentence that says how it is measured. */
  readonly how: string;
  readonly entries: readonly Entry[];
  /** The figures in the order of the columns, each with its heading. */
  readonly columns: Readonly<Record<string, string>>;
  readonly goals: readonly Goal[];
  /** The most rounds. */
  readonly rounds?: number;
}

/** Returns the figures that every phase has. */
export function figuresOf({ load, used, seconds }: Phase): Figures {
  return {
    rate: load.deliveries / seconds,
    cost: used.cpu / load.deliveries,
    // A server of another checkout may not count it.
    ...(used.storage > 0 ? { storageCost: used.storage / load.deliveries } : {}),
    ...(used.writes > 0 ? { together: load.deliveries / used.writes } : {}),
    megabytes: load.bytes / 1e6 / seconds,
    bytes: load.bytes / load.deliveries,
    serverBusy: used.cpu / 1e6 / seconds,
    loadBusy: load.busy / 1e6 / seconds,
    collecting: used.turns.gc / 1000 / seconds,
  };
}

/** Returns a figure of one entry divided by that of another, or `undefined` if one of them is missing. */
export function ratio(look: Look, figure: string, of: string, by: string): number | undefined {
  const a = look(of, figure);
  const b = look(by, figure);
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

/** Returns figures, with the profile if one was requested. */
export function withProfile(figures: Figures, { profile }: Used): Measured {
  return profile === undefined ? { figures } : { figures, profile };
}
