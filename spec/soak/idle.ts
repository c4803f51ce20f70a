import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * `node --import tsx spec/soak/idle.ts [readers] [rounds]`: measures the memory of a
 * process for each idle reader, and that of a server without the library. Each is
 * measured in a process of its own, one after the other, after a garbage collection.
 */
const readers = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);

const kinds = [
  'bare http',
  'http, sse(Observable)',
  'http, sse(feed)',
  'http, pipeline',
  'bare Express',
  'Express, sse(Observable)',
  'Express, sse(feed)',
];

interface Memory {
  readonly heap: number;
  readonly rss: number;
  readonly timers: number;
}

const script = fileURLToPath(new URL('.tmp/idleServer.mjs', import.meta.url));

// A loader that compiles at run time sets the name of each function, which costs about 250 bytes each.
await build({
  entryPoints: [fileURLToPath(new URL('idleServer.ts', import.meta.url))],
  outfile: script,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});

/** Connects, and resolves when the first block was received. */
async function idle(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: idle\r\nAccept: text/event-stream\r\n\r\n');
  let text = '';
  while (!/\r\n\r\n[\s\S]*\n\n/.test(text)) text += String((await once(socket, 'data'))[0]);
  return socket;
}

async function measure(kind: string): Promise<Memory> {
  const child = spawn(process.execPath, ['--expose-gc', script, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  const request = async (): Promise<Memory> => {
    child.stdin.write('\n');
    return JSON.parse(await line());
  };
  const sockets: Socket[] = [];
  try {
    const port = Number(await line());
    // The first readers create what all readers share.
    for (let n = 0; n < 100; n++) sockets.push(await idle(port));
    const before = await request();
    while (sockets.length < readers + 100) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => idle(port)))));
    }
    const after = await request();
    return {
      heap: (after.heap - before.heap) / readers,
      rss: (after.rss - before.rss) / readers,
      timers: after.timers,
    };
  } finally {
    for (const socket of sockets) socket.resetAndDestroy();
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
}

const found = new Map<string, Memory[]>(kinds.map((kind) => [kind, []]));
for (let round = 0; round < rounds; round++) {
  for (const kind of kinds) found.get(kind)?.push(await measure(kind));
}

console.log(
  `${readers} idle readers, medians of ${rounds} rounds, bytes a reader (heap and buffers; rss), Node ${process.version}`,
);
let bare = Number.NaN;
for (const [kind, all] of found) {
  const heap = median(all.map((each) => each.heap));
  const rss = median(all.map((each) => each.rss));
  if (kind.startsWith('bare')) bare = heap;
  const more = `${(heap - bare).toFixed(0)} more, ${(heap / bare).toFixed(2)} times`;
  console.log(
    `${kind.padEnd(26)} ${heap.toFixed(0).padStart(6)} (${more.padEnd(22)}); rss ${rss.toFixed(0).padStart(6)}; timers ${all.map(({ timers }) => timers).join(', ')}`,
  );
}
