import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { closing } from './closing.ts';

/** Returns a port of 127.0.0.1 on which no server listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const configuration = (port: number, locations: string, upstreams: string) => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 128; }
http {
  access_log off;
  ${upstreams}
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    ${locations}
  }
}
`;

/**
 * Runs a real nginx with these locations on a free port of 127.0.0.1 while the callback runs.
 *
 * @param upstreams further blocks of its configuration
 */
export async function withNginx<T>(
  path: string,
  locations: string,
  use: (url: string) => Promise<T>,
  upstreams = '',
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-nginx-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, locations, upstreams));
  const child = spawn(path, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return closing(close, async () => {
    if (!(await accepts(port, child))) throw new Error(`nginx did not start: ${output.join('')}`);
    return use(`http://127.0.0.1:${port}`);
  });
}

/** Returns whether it accepts a connection within four seconds. */
async function accepts(port: number, child: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isConnected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isConnected) return true;
    await setTimeout(20);
  }
  return false;
}
