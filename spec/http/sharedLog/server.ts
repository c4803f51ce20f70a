import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient } from '@redis/client';
import pg from 'pg';
import { type EventLog, feed, receive, sse } from '../../../lib/index.ts';
import { postgresLog } from '../../../lib/log/postgres/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';
import { Ticks } from '../ticks.ts';

/**
 * One of several processes that serve the same feed, run by a spec: `server.ts <URL of Redis or of Postgres> <port>`. It
 * writes `up` when it serves readers by GET and takes events by POST.
 */
const [url = '', port = ''] = process.argv.slice(2);
const options = { name: 'ticks', maxEntries: Infinity, maxBytes: Infinity };

// The process ends with its spec.
process.stdin.resume().on('end', () => process.exit());

async function openLog(): Promise<EventLog> {
  if (url.startsWith('postgres:')) return postgresLog({ pool: new pg.Pool({ connectionString: url }), ...options });
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return redisLog({ client, ...options });
}

const ticks = feed(Ticks, { log: await openLog() });
const read = sse({ retry: 10, resume: { from: 'oldest' } }, ticks);
const write = receive(ticks, { client: () => 'one' });
const server = createServer((request, response) => (request.method === 'POST' ? write : read)(request, response));
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('up\n');
