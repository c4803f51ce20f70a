import { createServer } from 'node:http';
import * as t from 'io-ts';
import { interval, map, NEVER } from 'rxjs';
import { events, feed, shutdown, sse } from '../../../lib/index.ts';

/**
 * A process with open streams of each kind, run by a spec. Prints its port; at a
 * line of input it shuts down and closes, and must then exit without `process.exit`.
 */
const Ticks = events({ Tick: t.number });
const ticks = () => interval(1).pipe(map((n) => Ticks.Tick(n)));
const shared = feed(Ticks, { source: ticks() });
const routes = {
  '/silent': sse(NEVER),
  '/stream': sse(ticks()),
  '/feed': sse(shared),
  '/run': sse({ events: Ticks, resume: true }, ticks),
  '/aged': sse({ maxAge: 3_600_000, expiresAt: () => new Date(Date.now() + 3_600_000) }, NEVER),
};

const server = createServer((request, response) => routes[request.url as keyof typeof routes](request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.stdin.once('data', async () => {
  process.stdin.destroy();
  server.close();
  await shutdown(Object.values(routes), { duration: 5, retry: [1, 2] });
  shared.close();
});
