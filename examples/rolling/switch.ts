import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * One port in front of the newest of two servers: new connections go to it, and connections to the previous one stay
 * until it has disconnected them. SIGHUP starts the next server; when it listens, new connections go to it and the
 * previous one is stopped.
 */
const script = fileURLToPath(new URL('server.ts', import.meta.url));
const running = new Set<ChildProcess>();
let current: { readonly child: ChildProcess; readonly port: number };

async function start(): Promise<typeof current> {
  const child = fork(script, { env: { ...process.env, PORT: '0' } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function roll(): Promise<void> {
  const before = current;
  current = await start();
  console.log(`Server ${current.child.pid} serves; ${before.child.pid} shuts down.`);
  before.child.kill('SIGTERM');
  await once(before.child, 'exit');
  console.log(`Server ${before.child.pid} has ended.`);
}

current = await start();
const front = createServer((client) => {
  const server = connect(current.port, '127.0.0.1');
  client.on('error', () => server.destroy()).pipe(server);
  server.on('error', () => client.destroy()).pipe(client);
  client.on('close', () => server.destroy());
});
front.listen(Number(process.env.PORT || 3000), '127.0.0.1', () => {
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  console.log(`Rolling: http://127.0.0.1:${port}/counts. Start the next server: kill -HUP ${process.pid}`);
});

// One restart at a time, however fast they are requested.
let rolling = Promise.resolve();
process.on('SIGHUP', () => {
  rolling = rolling.then(roll);
});
process.once('SIGTERM', () => {
  front.close();
  for (const child of running) child.kill('SIGTERM');
});
