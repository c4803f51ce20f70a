import { isDeepStrictEqual } from 'node:util';
import { definitionOf } from '../event/stamp.ts';
import { type Letter, Marks, textOf } from './Marks.ts';
import type { TestRecord } from './TestRecord.ts';
import { type Site, testFailure } from './testFailure.ts';

/** Returns the failure of an assertion, or `undefined` when everything is as expected. */
export function difference(
  { name, site, letters }: { readonly name: string; readonly site?: Site; readonly letters?: readonly Letter[] },
  actual: readonly TestRecord[],
  expected: readonly TestRecord[],
  remark = '',
): Error | undefined {
  const at = firstDifference(actual, expected);
  if (at === undefined) return undefined;
  const message = `${name}: the first difference is at ${at} ms${remark}\n\n${drawBoth(expected, actual, at, letters)}\n`;
  return testFailure(message, site, { actual: listingOf(actual), expected: listingOf(expected) });
}

function firstDifference(actual: readonly TestRecord[], expected: readonly TestRecord[]): number | undefined {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index++) {
    const [a, e] = [actual[index], expected[index]];
    if (a && e && isSame(a, e)) continue;
    return Math.min(a?.at ?? Infinity, e?.at ?? Infinity);
  }
  return undefined;
}

function isSame(a: TestRecord, b: TestRecord): boolean {
  return a.at === b.at && a.kind === b.kind && isEqualInTest(a.value, b.value);
}

/** Returns one line for each record, for the difference that the test runner shows. */
function listingOf(records: readonly TestRecord[]): string {
  return records.map(lineOf).join('\n');
}

function lineOf(record: TestRecord): string {
  const what = `${record.at}ms ${record.kind}`;
  return 'value' in record ? `${what} ${textOf(record.value)}` : what;
}

/** How many moments are shown on each side of the first difference. */
const around = 4;

/** The marks at each moment. */
type Line = ReadonlyMap<number, readonly string[]>;

/**
 * Draws the expected above the actual, one column for each moment, near the first difference; below it the values of
 * the letters.
 */
function drawBoth(
  expected: readonly TestRecord[],
  actual: readonly TestRecord[],
  differsAt: number,
  letters: readonly Letter[] | undefined,
): string {
  const marks = new Marks(letters);
  const above = lineOfMarks(expected, marks);
  const below = lineOfMarks(actual, marks);
  const times = [...new Set([...above.keys(), ...below.keys()])].sort((a, b) => a - b);
  const middle = times.indexOf(differsAt);
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

function lineOfMarks(records: readonly TestRecord[], marks: Marks): Line {
  const line = new Map<number, string[]>();
  for (const record of records) {
    const column = line.get(record.at) ?? [];
    line.set(record.at, column);
    column.push(marks.of(record));
  }
  return line;
}

function cellOf(marks: readonly string[] | undefined): string {
  if (marks === undefined) return '-';
  return marks.length > 1 ? `(${marks.join('')})` : marks.join('');
}

/**
 * Returns whether two events are equal by their definition: whether it would send the same. `undefined` where that does
 * not decide it, since neither was made by a definition, or one of them is not such an event.
 *
 * A value of a codec may hold its state in private fields, which no comparison sees.
 */
export function sameEvent(a: unknown, b: unknown): boolean | undefined {
  const definition = definitionOf(a) ?? definitionOf(b);
  if (definition === undefined || !definition.is(a) || !definition.is(b)) return undefined;
  return isDeepStrictEqual(definition.codec.encode(a), definition.codec.encode(b));
}

/** Returns whether two values are equal in a test. */
function isEqualInTest(a: unknown, b: unknown): boolean {
  return sameEvent(a, b) ?? isDeepStrictEqual(a, b);
}
