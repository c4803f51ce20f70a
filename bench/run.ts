import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, readCommandLine } from './commandLine.ts';
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
const asked = readCommandLine(process.argv.slice(2));

if (asked.list) {
  console.log(help);
  for (const { name, title } of rows) console.log(`  ${name.padEnd(18)} ${title}`);
  process.exit();
}

const wanted = rows.filter(({ name, slow }) =>
  asked.only.length === 0 ? !(asked.quick && slow === true) : asked.only.includes(name),
);
if (wanted.length === 0) {
  console.error(`no such row; there are ${rows.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const program = loadProgram(asked.nodeLoad ? 'Node' : 'C');
const plan = {
  ...asked,
  program,
  // What was built and installed before took its time, too.
  until: asked.quick ? Date.now() + 145_000 : Infinity,
  wants: ({ label, slow }: { readonly label: string; readonly slow?: boolean }) =>
    (asked.peers.length === 0 || asked.peers.some((peer) => label.toLowerCase().includes(peer.toLowerCase()))) &&
    !(asked.close && slow === true && asked.peers.length === 0),
  tell: (line: string) => console.error(line),
};

const measured: RowResult[] = [];
for (const row of wanted) {
  const result = judge(row, await measureRow(row, plan));
  measured.push(result);
  console.log(`\n${tableOf(result)}\n`);
}
console.log(`\n${summaryOf(measured)}\n`);

const results: Results = {
  when: new Date().toISOString(),
  command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  rounds: asked.rounds,
  quick: asked.quick,
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

// A run of a part, or in small numbers, is looked at and not kept.
const name = asked.write ? 'latest.json' : 'last-part.json';
mkdirSync(join(folder, 'results'), { recursive: true });
writeFileSync(join(folder, 'results', name), `${JSON.stringify(results, null, 2)}\n`);
if (asked.write) {
  writeFileSync(join(folder, '..', 'docs', 'images', 'performance.svg'), picture(results));
  writePage(join(folder, '..', 'docs', 'performance.md'), results);
}
process.exit(measured.some(({ entries }) => entries.some(({ failed }) => failed !== undefined)) ? 1 : 0);
