import { hostname } from 'node:os';
import { createClient, type RedisClientType } from '@redis/client';
import { fail, serveApp } from '../serveApp.ts';
import { boardApp } from './app.ts';

const url = process.env.REDIS_URL || 'redis://localhost:6379';
const name = process.env.NAME || `${hostname()}, process ${process.pid}`;

const client = createClient({ url, socket: { connectTimeout: 2000 } });
// Without a listener an error of the connection would end the process; the client reconnects by itself.
client.on('error', (error) => console.error(`Redis: ${error.message || error.code}`));

try {
  // A first connection that fails is repeated by the client until Redis is there.
  await client.connect();
  const { app, close } = boardApp(client as RedisClientType, name);
  serveApp(app, {
    command: 'node --import tsx examples/cluster/server.ts',
    greeting: (at) => [`${name}: ${at}`],
    onStopped: () => {
      close();
      client.destroy();
    },
  });
} catch (error) {
  fail(`Cannot use the Redis at ${url}: ${(error as Error).message}`);
}
