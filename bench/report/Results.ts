/** The median of all rounds, with the smallest and the largest value. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface EntryResult {
  readonly label: string;
  readonly figures: Readonly<Record<string, Spread>>;
  readonly rounds: number;
  /** Why figures or rounds are missing. */
  readonly failed?: string;
  /** True if the only reason is that a program is not installed. */
  readonly leftOut?: boolean;
}

export type Verdict = 'aim reached' | 'at least reached' | 'not reached' | 'not measured' | 'reported';

export interface GoalResult {
  readonly what: string;
  readonly unit: string;
  readonly value?: number;
  readonly least?: number;
  readonly aim?: number;
  readonly more: boolean;
  readonly verdict: Verdict;
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly how: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly entries: readonly EntryResult[];
  readonly goals: readonly GoalResult[];
}

export interface Results {
  readonly when: string;
  readonly command: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly machine: {
    readonly processor: string;
    readonly processors: number;
    readonly system: string;
    readonly node: string;
    readonly load: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? low;
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}
