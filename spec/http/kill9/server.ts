import { once } from 'node:events';
import { createServer } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { feed, sse } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { Ticks } from '../ticks.ts';

/**
 * A process that serves and publishes, run by a spec: `server.ts <folder> <port> <first>`.
 * Prints `ready`; at `go` it opens the log, serves, prints `up`, and publishes numbers
 * from `first` on, five at a time, as fast as the log stores them. Prints
 * `<sequence> <number>` for each stored number. At `end` it ends the feed.
 */
const [path = '', port = '', first = ''] = process.argv.slice(2);

let isEnding = false;
let requested = '';
process.stdin.setEncoding('utf8');
// The process ends with its spec.
process.stdin.on('end', () => process.exit());
process.stdin.on('data', (text) => {
  requested += text;
  isEnding = requested.includes('end\n');
});

process.stdout.write('ready\n');
while (!requested.includes('go\n')) await once(process.stdin, 'data');

const ticks = feed(Ticks, { log: lmdbLog({ path, maxEntries: Infinity, maxBytes: Infinity }) });
const route = sse({ retry: 10, resume: { from: 'oldest' } }, ticks);
const server = createServer((request, response) => route(request, response));
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('up\n');

async function publish(number: number): Promise<void> {
  const cursor = await ticks.publish(Ticks.Tick(number));
  // Writes to a pipe are synchronous, so that a written line is read although the process is killed.
  process.stdout.write(`${cursor.split('.').at(-1)} ${number}\n`);
}

for (let number = Number(first); !isEnding; number += 5) {
  await Promise.all([0, 1, 2, 3, 4].map((more) => publish(number + more)));
  // Yields to the readers.
  await new Promise((resolve) => setImmediate(resolve));
}
await firstValueFrom(ticks.end());
