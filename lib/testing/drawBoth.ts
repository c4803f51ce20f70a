import type { Happening } from './Happening.ts';
import { Marks } from './Marks.ts';

/** How many moments are shown on each side of the first difference. */
const around = 4;

/** The marks at each moment. */
type Line = ReadonlyMap<number, readonly string[]>;

/**
 * Draws the expected above the actual, one column for each moment, near the first difference; below it the values of
 * the letters.
 */
export function drawBoth(expected: readonly Happening[], actual: readonly Happening[], difference: number): string {
  const marks = new Marks();
  const above = lineOfMarks(expected, marks);
  const below = lineOfMarks(actual, marks);
  const times = [...new Set([...above.keys(), ...below.keys()])].sort((a, b) => a - b);
  const middle = times.indexOf(difference);
  const shown = times.slice(Math.max(0, middle - around), middle + around + 1);

  const columns = [
    ['', 'expected', 'actual'],
    ...(shown[0] === times[0] ? [] : [['', '…', '…']]),
    ...shown.map((time) => [`${time}ms`, cellOf(above.get(time)), cellOf(below.get(time))]),
    ...(shown.at(-1) === times.at(-1) ? [] : [['', '…', '…']]),
  ].map((cells) => cells.map((cell) => cell.padEnd(Math.max(...cells.map(({ length }) => length)))));
  const drawing = [0, 1, 2].map((row) => `  ${columns.map((cells) => cells[row]).join('  ')}`.trimEnd());

  const seen = new Set(shown.flatMap((time) => [...(above.get(time) ?? []), ...(below.get(time) ?? [])]));
  const legend = marks.legend(seen);
  return (legend.length === 0 ? drawing : [...drawing, '', ...legend]).join('\n');
}

function lineOfMarks(happenings: readonly Happening[], marks: Marks): Line {
  const line = new Map<number, string[]>();
  for (const happening of happenings) {
    const column = line.get(happening.at) ?? [];
    line.set(happening.at, column);
    column.push(marks.of(happening));
  }
  return line;
}

function cellOf(marks: readonly string[] | undefined): string {
  if (marks === undefined) return '-';
  return marks.length > 1 ? `(${marks.join('')})` : marks.join('');
}
