import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient } from '@redis/client';
import pg from 'pg';
import { type EventLog, feed, receive, sse } from '../../../lib/index.ts';
import { postgresLog } from '../../../lib/log/postgres/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';
import { upstreamOf } from '../../feed/claimed/upstreamOf.ts';
import { Ticks } from '../ticks.ts';

/**
 * One of several processes that serve the same feeds, run by a spec: `server.ts <URL of Redis or of Postgres> <port>
 * <port of the upstream>`. It writes `up` when it serves readers by GET and takes events by POST. The feed at `/numbers`
 * has a source, the upstream, which one of the processes subscribes to.
 */
const [url = '', port = '', upstreamPort = ''] = process.argv.slice(2);
const unbounded = { maxEntries: Infinity, maxBytes: Infinity };

// The process ends with its spec.
process.stdin.resume().on('end', () => process.exit());

async function logs(): Promise<(name: string) => EventLog> {
  if (url.startsWith('postgres:')) {
    const pool = new pg.Pool({ connectionString: url });
    return (name) => postgresLog({ pool, name, ...unbounded });
  }
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return (name) => redisLog({ client, name, ...unbounded });
}

const logOf = await logs();
const ticks = feed(Ticks, { log: logOf('ticks') });
const numbers = feed(Ticks, {
  log: logOf('numbers'),
  source: upstreamOf(Number(upstreamPort), `process ${process.pid}`),
  claim: { lease: 1000 },
  start: 'now',
  restart: { initialDelay: 10 },
  onError: () => {},
});
const read = sse({ retry: 10, resume: { from: 'oldest' } }, ticks);
const readNumbers = sse({ retry: 10, resume: { from: 'oldest' } }, numbers);
const write = receive(ticks, { client: () => 'one' });
const server = createServer((request, response) => {
  if (request.method === 'POST') write(request, response);
  else if (request.url === '/numbers') readNumbers(request, response);
  else read(request, response);
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('up\n');
