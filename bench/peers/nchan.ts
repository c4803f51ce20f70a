import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Numbered, Scenario } from '../Scenario.ts';
import { freePort } from './listen.ts';
import type { Served } from './Peer.ts';

const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));
const module = [
  '/usr/lib/nginx/modules/ngx_nchan_module.so',
  '/usr/share/nginx/modules/ngx_nchan_module.so',
  '/usr/lib64/nginx/modules/ngx_nchan_module.so',
].find((path) => existsSync(path));

/** Whether nginx and its module nchan are installed. */
export const isInstalled = program !== undefined && module !== undefined;

/** Starts nginx, which does the work; this process publishes to it over one open socket. */
export async function serve({ heartbeat = 15_000 }: Scenario): Promise<Served> {
  if (program === undefined) throw new Error('nginx with nchan is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-bench-nginx-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, heartbeat));
  const nginx = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: 'ignore' });
  const end = (): void => {
    nginx.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  const socket = await dial(join(folder, 'publish'), nginx);
  let unanswered = 0;
  let waiting: (() => void) | undefined;
  socket.on('data', (answers) => {
    unanswered -= answers.toString('latin1').split('HTTP/1.1 2').length - 1;
    if (unanswered <= 0) waiting?.();
  });
  return {
    port,
    publish: (_, numbered) => {
      unanswered += numbered.length;
      socket.write(numbered.map(request).join(''));
    },
    ready: () =>
      unanswered <= 0
        ? undefined
        : new Promise((resolve) => {
            waiting = resolve;
          }),
    ...(nginx.pid === undefined ? {} : { pid: nginx.pid }),
    close: end,
  };
}

function request({ tick }: Numbered): string {
  const body = JSON.stringify(tick);
  return `POST /publish HTTP/1.1\r\nHost: localhost\r\nX-EventSource-Event: tick\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Returns a configuration with one worker and no master, so that nginx is one process as the others are. */
function configuration(folder: string, port: number, heartbeat: number): string {
  return `
load_module ${module};
daemon off;
master_process off;
worker_rlimit_nofile 20000;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  nchan_shared_memory_size 512M;
  nchan_message_buffer_length 100000;
  nchan_message_timeout 10m;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /events {
      nchan_subscriber eventsource;
      nchan_channel_id ticks;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval ${Math.max(1, Math.round(heartbeat / 1000))};
    }
  }
  server {
    listen unix:${folder}/publish;
    location /publish {
      nchan_publisher;
      nchan_channel_id ticks;
    }
  }
}
`;
}

/** Connects as soon as nginx listens, or gives up. */
async function dial(path: string, nginx: ChildProcess): Promise<Socket> {
  for (let tries = 0; tries < 100; tries++) {
    if (nginx.exitCode !== null) break;
    const socket = await attempt(path);
    if (socket !== undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx did not start');
}

function attempt(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
