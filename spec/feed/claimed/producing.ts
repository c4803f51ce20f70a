import { createInterface } from 'node:readline';
import { feed } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { Ticks } from '../../http/ticks.ts';
import { upstreamOf } from './upstreamOf.ts';

/**
 * A process with a feed whose source is an upstream, run by a spec: `producing.ts <folder> <upstream port> <name>`. It
 * ends when its input ends, closes the feed at the line `close`, and does nothing for longer than its lease at the line
 * `stand still`, after which it writes `continues`.
 */
const [path = '', port = '', name = ''] = process.argv.slice(2);
const lease = 4000;

const numbers = feed(Ticks, {
  log: lmdbLog({ path, maxEntries: Infinity, maxBytes: Infinity }),
  source: upstreamOf(Number(port), name),
  claim: { lease },
  start: 'now',
  restart: { initialDelay: 10 },
  onError: () => {},
});

process.stdin.on('end', () => process.exit());
for await (const line of createInterface(process.stdin)) {
  if (line === 'close') numbers.close();
  if (line !== 'stand still') continue;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * lease);
  process.stdout.write('continues\n');
}
