import type { Goal, Look, Row } from '../rows/Row.ts';
import type { EntryResult, GoalResult, RowResult, Verdict } from './Results.ts';

/** Compares the figures of a row with its goals. */
export function judge({ name, title, how, columns, goals }: Row, entries: readonly EntryResult[]): RowResult {
  const look: Look = (label, figure) => entries.find((entry) => entry.label === label)?.figures[figure]?.median;
  return { name, title, how, columns, entries, goals: goals.map((goal) => judged(goal, goal.value(look))) };
}

function judged({ what, unit, least, aim, more }: Goal, value: number | undefined): GoalResult {
  return {
    what,
    unit,
    more,
    verdict: verdictOf({ least, aim, more }, value),
    ...(value === undefined ? {} : { value }),
    ...(least === undefined ? {} : { least }),
    ...(aim === undefined ? {} : { aim }),
  };
}

interface Bounds {
  readonly least: number | undefined;
  readonly aim: number | undefined;
  readonly more: boolean;
}

function verdictOf({ least, aim, more }: Bounds, value: number | undefined): Verdict {
  if (value === undefined) return 'not measured';
  if (least === undefined && aim === undefined) return 'reported';
  const reaches = (bound: number): boolean => (more ? value >= bound : value <= bound);
  if (aim !== undefined && reaches(aim)) return 'aim reached';
  if (least === undefined) return 'not reached';
  if (!reaches(least)) return 'not reached';
  return 'at least reached';
}
