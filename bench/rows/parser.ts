import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoneEntry, type Row, ratio } from './Row.ts';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'parse.js');

/** Measures a process that parses a stream in its memory, without a server and sockets. */
function parsed(name: string, size: number): LoneEntry['alone'] {
  return async ({ quick }) => {
    const args = [program, name, String(size), quick ? '16' : '128'];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
    if (status !== 0) throw new Error('the parser failed');
    return { figures: JSON.parse(stdout) as Record<string, number> };
  };
}

const sizes = [40, 150, 4000];

export const parser: Row = {
  name: 'parser',
  title: 'Parsing',
  how: 'A stream of events in chunks of 64 KiB of bytes; `eventsource-parser` is given text, so a `TextDecoder` comes first. Data of 40, 150 and 4000 bytes.',
  entries: sizes.flatMap((size) => [
    { label: `rxsse/wire, ${size}`, alone: parsed('rxsse', size) },
    { label: `eventsource-parser, ${size}`, alone: parsed('eventsource-parser', size) },
  ]),
  columns: { megabytes: 'MB/s', events: 'events/s' },
  goals: sizes.map((size) => ({
    what: `eventsource-parser, ${size} bytes`,
    unit: 'x',
    value: (look) => ratio(look, 'megabytes', `rxsse/wire, ${size}`, `eventsource-parser, ${size}`),
    least: 1,
    more: true,
  })),
};
