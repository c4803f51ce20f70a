import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * One port, and behind it the newest of two servers: new connections go to it,
 * those to the one before stay until that has sent them away. On SIGHUP the next
 * one is started; when it serves the switch turns, and the one before is asked to stop.
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
  console.log(`Server ${current.child.pid} serves; ${before.child.pid} drains.`);
  before.child.kill('SIGTERM');
  await once(before.child, 'exit');
  console.log(`Server ${before.child.pid} is gone.`);
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
  console.log(`Rolling: http://127.0.0.1:${port}/counts. The next server: kill -HUP ${process.pid}`);
});

// One after the other, however fast they are asked for.
let rolling = Promise.resolve();
process.on('SIGHUP', () => {
  rolling = rolling.then(roll);
});
process.once('SIGTERM', () => {
  front.close();
  for (const child of running) child.kill('SIGTERM');
});
