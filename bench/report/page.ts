import { readFileSync, writeFileSync } from 'node:fs';
import type { Results } from './Results.ts';
import { summaryOf, tableOf } from './text.ts';

/** Replaces the measured parts of a page and leaves its prose. */
export function writePage(path: string, results: Results): void {
  const page = readFileSync(path, 'utf8');
  const filled = between(page, 'reached', `${machineOf(results)}\n\n${summaryOf(results.rows)}`);
  writeFileSync(path, between(filled, 'figures', results.rows.map(tableOf).join('\n\n')));
}

function machineOf({ machine, when, command, rounds, versions }: Results): string {
  const { processor, processors, system, node, load } = machine;
  const measured = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `\`${command}\`, ${when.slice(0, 10)}: medians of ${rounds} rounds, the least and the most in brackets.`,
    `${processors} processors (${processor}), ${system}, Node ${node.slice(1)}, load generator in ${load}.`,
    `${measured.join(', ')}.`,
  ].join('\n');
}

/** Replaces the text between `<!-- name -->` and `<!-- /name -->`. */
function between(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  if (from < 0 || to < from) throw new Error(`the page has no place for '${name}'`);
  return `${page.slice(0, from + open.length)}\n\n${text}\n\n${page.slice(to)}`;
}
