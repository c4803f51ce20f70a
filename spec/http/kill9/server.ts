import { once } from 'node:events';
import { createServer } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { feed, sse } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { Ticks } from '../ticks.ts';

/**
 * A process that serves and publishes, run by a spec: `server.ts <folder> <port> <first>`.
 * Says `ready`; at `go` it opens the log, serves, says `up`, and publishes numbers
 * from `first` on, five at a time, as fast as the log takes them. Says
 * `<sequence> <number>` of each that the log has. At `end` it ends the feed.
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
  // A pipe is written to synchronously: what was written is read, whenever the process ends.
  process.stdout.write(`${cursor.split('.').at(-1)} ${number}\n`);
}

for (let number = Number(first); !isEnding; number += 5) {
  await Promise.all([0, 1, 2, 3, 4].map((more) => publish(number + more)));
  // The readers have their turn.
  await new Promise((resolve) => setImmediate(resolve));
}
await firstValueFrom(ticks.end());
