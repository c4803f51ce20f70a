import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, readCommandLine } from './commandLine.ts';
import { compare, comparedRows } from './compare.ts';
import { loadProgram } from './load/program.ts';
import { measureRow } from './measure.ts';
import { judge } from './report/judge.ts';
import { writePage } from './report/page.ts';
import { picture } from './report/picture.ts';
import type { Results, RowResult } from './report/Results.ts';
import { summaryOf, tableOf } from './report/text.ts';
import { versions } from './report/versions.ts';
import { rows } from './rows/index.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const options = readCommandLine(process.argv.slice(2));

if (options.list) {
  console.log(help);
  for (const { name, title } of rows) console.log(`  ${name.padEnd(18)} ${title}`);
  process.exit();
}

const only = options.only.length === 0 && options.against !== undefined ? comparedRows : options.only;
const selected = rows.filter(({ name }) => only.length === 0 || only.includes(name));
if (selected.length === 0) {
  console.error(`there is no such row; the rows are ${rows.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const program = loadProgram(options.nodeLoad ? 'Node' : 'C');
const plan = {
  ...options,
  program,
  includes: ({ label, slow }: { readonly label: string; readonly slow?: boolean }) =>
    (options.peers.length === 0 || options.peers.some((peer) => label.toLowerCase().includes(peer.toLowerCase()))) &&
    !(options.close && slow === true && options.peers.length === 0),
  log: (line: string) => console.error(line),
};

if (options.against !== undefined) {
  const folder = resolve(options.against);
  for (const row of selected) console.log(`\n${await compare(row, folder, plan)}\n`);
  process.exit();
}

const measured: RowResult[] = [];
for (const row of selected) {
  const result = judge(row, await measureRow(row, plan));
  measured.push(result);
  console.log(`\n${tableOf(result)}\n`);
}
console.log(`\n${summaryOf(measured)}\n`);

const results: Results = {
  when: new Date().toISOString(),
  command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  rounds: options.rounds,
  quick: options.quick,
  machine: {
    processor: cpus()[0]?.model.trim() ?? '',
    processors: availableParallelism(),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.version,
    load: program.language,
  },
  versions: versions(folder),
  rows: measured,
};

// A run of a part, or with small numbers, does not replace the results of a whole run.
const name = options.write ? 'latest.json' : 'last-part.json';
mkdirSync(join(folder, 'results'), { recursive: true });
writeFileSync(join(folder, 'results', name), `${JSON.stringify(results, null, 2)}\n`);
if (options.write) {
  writeFileSync(join(folder, '..', 'docs', 'images', 'performance.svg'), picture(results));
  writePage(join(folder, '..', 'docs', 'performance.md'), results);
}
process.exit(
  measured.some(({ entries }) => entries.some(({ failed, leftOut }) => failed !== undefined && leftOut !== true))
    ? 1
    : 0,
);
