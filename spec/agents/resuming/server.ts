import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cases } from './cases.ts';
import { piecesOf } from './cutAnswer.ts';
import { logsIn } from './logs.ts';

/**
 * One of two processes that serve the answers of an adapter, run by a spec: `server.ts <case> <storage>`. It prints its URL
 * when it serves readers, and `called` for each answer that is requested.
 */
const [name = '', storage = ''] = process.argv.slice(2);
const agent = cases.find((one) => one.name === name);
if (agent === undefined) throw new Error(`no such adapter: ${name}`);

async function* model(): AsyncGenerator<string> {
  process.stdout.write('called\n');
  for (const piece of piecesOf(10_000)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield piece;
  }
}

const server = createServer(await agent.serve(model, logsIn(storage).open));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`up http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
// The process ends with its spec.
process.stdin.on('end', () => process.exit()).resume();
