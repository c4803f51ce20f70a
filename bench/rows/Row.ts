import type { ProfileLine, Scenario, Used } from '../Scenario.ts';
import type { Phase, Session } from '../Session.ts';

/** What one run gave, by name; the unit is in `units`. */
export type Figures = Readonly<Record<string, number>>;

export interface Budget {
  /** How long the measured part of a run should take, about. */
  readonly seconds: number;
  /** Everything is small: to see that it works, and not how fast. */
  readonly quick: boolean;
}

/** One that takes part in a row. */
export type Entry = ServedEntry | LoneEntry;

/** A server, its readers, and how they are measured. */
export interface ServedEntry {
  readonly label: string;
  readonly scenario: Scenario;
  readonly measure: (session: Session, budget: Budget) => Promise<Measured>;
  /** Not in a quick run. */
  readonly slow?: boolean;
}

/** Something that no server is needed for. */
export interface LoneEntry {
  readonly label: string;
  readonly alone: (budget: Budget) => Promise<Measured>;
  readonly slow?: boolean;
}

export interface Measured {
  readonly figures: Figures;
  readonly profile?: readonly ProfileLine[];
}

/** Medians of all rounds, by entry and figure; `undefined` for what was not measured. */
export type Look = (label: string, figure: string) => number | undefined;

/** One thing that is to be reached. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly value: (look: Look) => number | undefined;
  /** Without, the figure is told and not judged. */
  readonly least?: number;
  readonly aim?: number;
  /** Whether a larger value is the better one. */
  readonly more: boolean;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  /** How it is measured, in a sentence. */
  readonly how: string;
  readonly entries: readonly Entry[];
  /** Figures in the order in which they are shown, each with its heading. */
  readonly columns: Readonly<Record<string, string>>;
  readonly goals: readonly Goal[];
  /** Not in a quick run, unless it is asked for by its name. */
  readonly slow?: boolean;
  /** Rounds, at most. */
  readonly rounds?: number;
}

/** The figures that every phase has. */
export function figuresOf({ load, used, seconds }: Phase): Figures {
  return {
    rate: load.deliveries / seconds,
    cost: used.cpu / load.deliveries,
    ...(used.writes > 0 ? { together: load.deliveries / used.writes } : {}),
    megabytes: load.bytes / 1e6 / seconds,
    serverBusy: used.cpu / 1e6 / seconds,
    loadBusy: load.busy / 1e6 / seconds,
    collecting: used.turns.gc / 1000 / seconds,
  };
}

/** One figure of one entry by that of another, or `undefined` where one of them is not there. */
export function ratio(look: Look, figure: string, of: string, by: string): number | undefined {
  const a = look(of, figure);
  const b = look(by, figure);
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

/** Figures, and where the time went when that was asked for. */
export function withProfile(figures: Figures, { profile }: Used): Measured {
  return profile === undefined ? { figures } : { figures, profile };
}
