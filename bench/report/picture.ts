import type { Results, RowResult } from './Results.ts';
import { short } from './text.ts';

const width = 820;
const names = 210;
const bar = 18;
const gap = 8;
const room = 90;

/** Draws two rows as bars on a logarithmic scale, in light and dark colours. */
export function picture({ rows, machine, when }: Results): string {
  const shown = ['fan-out', 'bursts'].flatMap((name) => rows.find((row) => row.name === name) ?? []);
  const most = Math.max(...shown.flatMap(ratesOf).map(([, rate]) => rate), 1);
  let y = 16;
  const parts: string[] = [];
  for (const row of shown) {
    parts.push(`<text class="title" x="0" y="${y}">${escaped(row.title)}: deliveries a second</text>`);
    y += 14;
    for (const [label, rate] of ratesOf(row)) {
      parts.push(barOf(label, rate, most, y));
      y += bar + gap;
    }
    y += 28;
  }
  const note = `${machine.processors} processors, Node ${machine.node.slice(1)}, ${when.slice(0, 10)}; a step of the scale is ten times`;
  parts.push(`<text class="note" x="0" y="${y - 8}">${escaped(note)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="Deliveries a second, by library">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .note { font-size: 12px; fill: #656d76; }
  .ours { fill: #b7178c; } .theirs { fill: #8c959f; } .line { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .note { fill: #8d96a0; }
    .ours { fill: #f06bc8; } .theirs { fill: #6e7681; } .line { stroke: #30363d; }
  }
</style>
${parts.join('\n')}
</svg>
`;
}

/** Returns the entries with the fastest first. */
function ratesOf({ entries }: RowResult): readonly (readonly [string, number])[] {
  return entries
    .flatMap(({ label, figures: { rate } }) => (rate === undefined ? [] : [[label, rate.median] as const]))
    .sort(([, a], [, b]) => b - a);
}

function barOf(label: string, rate: number, most: number, y: number): string {
  // The scale starts at a thousand, which every peer reaches.
  const length = ((width - names - room) * Math.log10(Math.max(rate, 1001) / 1000)) / Math.log10(most / 1000);
  const middle = y + bar - 5;
  const kind = label === 'rxsse' ? 'ours' : 'theirs';
  return `<text x="0" y="${middle}">${escaped(label.replaceAll('`', ''))}</text>
<rect class="${kind}" x="${names}" y="${y}" width="${length.toFixed(1)}" height="${bar}" rx="3"/>
<text x="${(names + length + 8).toFixed(1)}" y="${middle}">${short(rate)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
