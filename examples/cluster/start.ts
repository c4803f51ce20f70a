import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * Starts server processes and, in place of a load balancer, forwards each connection to the next one that runs. A process
 * that ends is started again after a second.
 */
const count = Number(process.env.SERVERS || 3);
const port = Number(process.env.PORT || 3000);
const program = fileURLToPath(new URL('server.ts', import.meta.url));

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** Set when it listens. */
  port?: number;
}

const servers = new Map<string, Running>();
let isStopping = false;
let next = 0;

async function run(name: string): Promise<void> {
  while (!isStopping) {
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      env: { ...process.env, PORT: '0', NAME: name },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const running: Running = { name, child };
    servers.set(name, running);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const found = /:(\d+)\s*$/.exec(text);
      if (found === null) return;
      running.port = Number(found[1]);
      console.log(`${name} serves. End it: kill -9 ${child.pid}`);
    });
    await once(child, 'close');
    servers.delete(name);
    if (!isStopping) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Connects to the next server that listens; tries each of them once. */
function forward(incoming: Socket, tries = servers.size): void {
  const ports = [...servers.values()].flatMap((running) => running.port ?? []);
  const target = ports[next++ % Math.max(ports.length, 1)];
  if (target === undefined || tries === 0) {
    incoming.destroy();
    return;
  }
  const outgoing = connect(target, '127.0.0.1');
  let isConnected = false;
  outgoing.once('connect', () => {
    isConnected = true;
    incoming.pipe(outgoing).pipe(incoming);
  });
  outgoing.on('error', () => (isConnected ? incoming.destroy() : forward(incoming, tries - 1)));
  outgoing.on('close', () => isConnected && incoming.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.on('close', () => outgoing.destroy());
}

const balancer = createServer((socket) => forward(socket)).listen(port, '127.0.0.1', () => {
  console.log(`The board: http://localhost:${port}`);
});

const stop = (): void => {
  isStopping = true;
  balancer.close();
  for (const { child } of servers.values()) child.kill('SIGTERM');
};
process.on('SIGINT', stop).on('SIGTERM', stop);

await Promise.all(Array.from({ length: count }, (_, index) => run(`server ${index + 1}`)));
