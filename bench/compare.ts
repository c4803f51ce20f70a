import { join } from 'node:path';
import { type EntryRounds, measureRounds, type Plan } from './measure.ts';
import { spreadOf } from './report/Results.ts';
import { markdown, short } from './report/text.ts';
import type { Row, ServedEntry } from './rows/Row.ts';

/** The rows that are compared if none is named. */
export const comparedRows = [
  'fan-out',
  'bursts',
  'latency',
  'relay',
  'pipelines',
  'pipeline-bursts',
  'memory',
  'connects',
];

interface Pair {
  readonly here: ServedEntry;
  readonly there: ServedEntry;
}

/** Returns each entry of this library in a row, with the same entry served by the library of another checkout. */
function pairsOf(row: Row, folder: string): readonly Pair[] {
  const serverProgram = join(folder, 'bench', 'dist', 'server.js');
  return row.entries.flatMap((entry) =>
    'scenario' in entry && entry.scenario.peer === 'rxsse'
      ? [{ here: entry, there: { ...entry, label: `${entry.label} (the other)`, serverProgram } }]
      : [],
  );
}

/** Measures the library of two checkouts in alternating rounds; returns a table of medians and of the median ratio. */
export async function compare(row: Row, folder: string, plan: Plan): Promise<string> {
  const pairs = pairsOf(row, folder);
  const entries = pairs.flatMap(({ here, there }) => [here, there]);
  const rounds = await measureRounds({ ...row, entries }, plan);
  const roundsOf = (entry: ServedEntry) => rounds.find((candidate) => candidate.entry === entry);
  const lines = pairs.flatMap(({ here, there }) => linesOf(row, here.label, roundsOf(here), roundsOf(there)));
  const table = [['', '', 'here', 'the other', 'here / the other', 'from', 'to'], ...lines];
  const failures = rounds.flatMap(({ entry, failed }) => (failed === undefined ? [] : [`- ${entry.label}: ${failed}`]));
  return [`### ${row.title}`, markdown(table), ...failures].join('\n\n');
}

function linesOf(
  { columns }: Row,
  label: string,
  here: EntryRounds | undefined,
  there: EntryRounds | undefined,
): readonly (readonly string[])[] {
  if (here === undefined || there === undefined) return [];
  const valuesOf = ({ measured }: EntryRounds, figure: string) => measured.map(({ figures }) => figures[figure] ?? 0);
  return Object.entries(columns).flatMap(([figure, heading]) => {
    // The share of a processor that is busy is no measure of either.
    if (/busy|collecting/i.test(figure)) return [];
    const [ours, theirs] = [valuesOf(here, figure), valuesOf(there, figure)];
    const count = Math.min(ours.length, theirs.length);
    if (count === 0) return [];
    const ratio = spreadOf(Array.from({ length: count }, (_, round) => (ours[round] ?? 0) / (theirs[round] ?? 0)));
    const medians = [short(spreadOf(ours).median), short(spreadOf(theirs).median)];
    const ratios = [ratio.median, ratio.min, ratio.max].map((value) =>
      Number.isFinite(value) ? value.toFixed(3) : '–',
    );
    return [[label, heading, ...medians, ...ratios]];
  });
}
