import type { EntryResult, GoalResult, RowResult, Spread } from './Results.ts';

/** Returns a row as a table in Markdown, which is also read in a terminal. */
export function tableOf({ title, how, columns, entries, goals }: RowResult): string {
  const shown = Object.entries(columns);
  const head = ['', ...shown.map(([, heading]) => heading)];
  const lines = entries.map((entry) => [entry.label, ...shown.map(([figure]) => cell(entry, figure))]);
  const parts = [`### ${title}`, how, markdown([head, ...lines])];
  const failures = entries.filter(({ failed }) => failed !== undefined);
  if (failures.length > 0) parts.push(failures.map(({ label, failed }) => `- ${label}: ${failed}`).join('\n'));
  if (goals.length > 0) parts.push(goalsOf(goals));
  return parts.join('\n\n');
}

export function goalsOf(goals: readonly GoalResult[]): string {
  return markdown([['beside', 'here', 'at least', 'aim', ''], ...goals.map(goalLine)]);
}

/** Returns a table of all goals. */
export function summaryOf(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ title, goals }) =>
    goals.filter(({ verdict }) => verdict !== 'reported').map((goal) => [title, ...goalLine(goal)]),
  );
  return markdown([['', 'beside', 'here', 'at least', 'aim', ''], ...lines]);
}

function goalLine({ what, unit, value, least, aim, more, verdict }: GoalResult): readonly string[] {
  const bound = (limit: number | undefined): string =>
    limit === undefined ? '' : `${more ? '≥' : '≤'} ${withUnit(limit, unit)}`;
  return [what, value === undefined ? '' : withUnit(value, unit), bound(least), bound(aim), verdict];
}

function withUnit(value: number, unit: string): string {
  return unit === 'x' ? `${short(value)}x` : `${short(value)} ${unit}`;
}

function cell({ figures }: EntryResult, figure: string): string {
  const spread = figures[figure];
  if (spread === undefined) return '–';
  return /busy|collecting/i.test(figure) ? `${Math.round(spread.median * 100)} %` : withSpread(spread);
}

function withSpread({ median, min, max }: Spread): string {
  return min === max ? short(median) : `${short(median)} (${short(min)}–${short(max)})`;
}

/** Returns a number with three significant digits. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 9995) return `${Number((value / 1000).toPrecision(3))}k`;
  return size >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(size < 1 ? 2 : 3)));
}

export function markdown(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(3, ...table.map((line) => (line[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const [head = [], ...rest] = table;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rest.map(line)].join('\n');
}
