import { createServer, type Server, type ServerResponse } from 'node:http';
import { disconnects, whileBusy } from './disconnects.ts';
import { big, soaked } from './routes.ts';
import { held, resources } from './settled.ts';

/** The resources that remain of one kind of route when all of its readers have disconnected. */
export interface Found {
  readonly name: string;
  readonly cycles: number;
  /** The growth of heap and buffers, in bytes. */
  readonly grown: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  /** The subscriptions to the source, and the listeners of the library on closed responses. */
  readonly subscribed: number;
  readonly listeners: number;
}

/** The number of concurrent readers. */
const atOnce = 20;

/** One of this many readers does not read, and disconnects while its socket is full. */
const busyOneIn = 100;

export async function soak(name: string, cycles: number): Promise<Found> {
  const make = soaked[name];
  if (make === undefined) throw new RangeError(`soak: one of ${Object.keys(soaked)}, got ${name}`);
  const [quick, busy] = [make('first'), make(big)];
  const full = new Map<string, () => void>();
  let sample: ServerResponse[] = [];
  let started = 0;

  const server = createServer((request, response) => {
    if (started++ % 50 === 0) sample.push(response);
    const path = request.url ?? '';
    if (!path.startsWith('/busy')) return quick.route(request, response);
    busy.route(request, response);
    setImmediate(() => full.get(path)?.());
  });
  const port = await listening(server);
  const ways = Object.values(disconnects);
  const disconnect = async (cycle: number): Promise<void> => {
    if (cycle % busyOneIn === 0) {
      const path = `/busy/${cycle}`;
      await whileBusy(port, path, () => new Promise<void>((resolve) => full.set(path, resolve)));
      full.delete(path);
    } else await ways[cycle % ways.length]?.(port, '/');
  };

  await inParallel(Math.min(cycles, 500), disconnect);
  await quiet(server);
  sample = [];
  const before = resources();
  const { heap } = await held();
  await inParallel(cycles, disconnect);
  await quiet(server);
  const listeners = sample.reduce((sum, response) => sum + ours(response), 0);
  sample = [];
  const after = resources();
  const grown = (await held()).heap - heap;
  await new Promise((resolve) => server.close(resolve));
  return { name, cycles, grown, before, after, subscribed: quick.subscribed + busy.subscribed, listeners };
}

/** Returns the number of listeners of the library: Node has one of its own for `close`, and none for `drain` and `error`. */
function ours(response: ServerResponse): number {
  return (
    response.listenerCount('drain') + response.listenerCount('error') + Math.max(0, response.listenerCount('close') - 1)
  );
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Resolves when the server has no connections. */
async function quiet(server: Server): Promise<void> {
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  while ((await connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
  // The listeners of closed connections are called in later turns.
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
