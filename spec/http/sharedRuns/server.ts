import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient } from '@redis/client';
import pg from 'pg';
import { Subject } from 'rxjs';
import { type EventLog, shutdown, sse, stop } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { postgresLog } from '../../../lib/log/postgres/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';
import { Ticks } from '../ticks.ts';

/**
 * One of several processes that serve the streams of single requests, run by a spec: `server.ts <storage> <port>`, where
 * the storage is the URL of Redis or of Postgres, or a folder. It prints `up` when it serves readers, and `called` for each
 * stream that it creates, `aborted` when that is aborted. A DELETE stops a stream. A line with a number is an event of these streams, `complete` their end; at `stop` it shuts down.
 */
const [storage = '', port = ''] = process.argv.slice(2);

function openLogs(): (id: string) => EventLog {
  if (storage.startsWith('postgres:')) {
    const pool = new pg.Pool({ connectionString: storage });
    return (id) => postgresLog({ pool, name: `answers:${id}` });
  }
  if (!storage.startsWith('redis:')) return (id) => lmdbLog({ path: storage, name: `answers:${id}` });
  const client = createClient({ url: storage });
  client.on('error', () => {});
  void client.connect();
  return (id) => redisLog({ client, name: `answers:${id}`, idleTimeout: 60_000 });
}

const answer = new Subject<ReturnType<typeof Ticks.Tick>>();
const owner = ({ request }: { readonly request: { readonly headers: object } }): unknown =>
  (request.headers as { readonly user?: string }).user;
const route = sse({ events: Ticks, retry: 10, resume: { owner, log: openLogs() }, onError: () => {} }, ({ signal }) => {
  process.stdout.write('called\n');
  signal.addEventListener('abort', () => process.stdout.write('aborted\n'));
  return answer;
});
const stopping = stop(route);
const server = createServer((request, response) =>
  request.method === 'GET' ? route(request, response) : stopping(request, response),
);

async function shutDown(): Promise<void> {
  await shutdown(route, { duration: 0, retry: [10, 10] });
  process.stdout.write('stopped\n');
  process.exit();
}

process.stdin.setEncoding('utf8').on('data', (text: string) => {
  for (const line of text.trim().split('\n')) {
    if (line === 'complete') answer.complete();
    else if (line === 'stop') void shutDown();
    else answer.next(Ticks.Tick(Number(line)));
  }
});
// The process ends with its spec.
process.stdin.on('end', () => process.exit());
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('up\n');
