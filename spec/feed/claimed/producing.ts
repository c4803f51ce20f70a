import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { Observable } from 'rxjs';
import type { SourceContext } from '../../../lib/feed/Producer.ts';
import { feed } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { Ticks } from '../../http/ticks.ts';

/**
 * A process with a feed whose source is an upstream, run by a spec: `producing.ts <folder> <upstream port> <name>`. It
 * ends when its input ends, closes the feed at the line `close`, and does nothing for longer than its lease at the line
 * `stand still`.
 */
const [path = '', port = '', name = ''] = process.argv.slice(2);
const lease = 4000;

/** The numbers after the newest one of the log, of which each is one entry. */
function upstream({ lastCursor = '..0' }: SourceContext): Observable<ReturnType<typeof Ticks.Tick>> {
  const after = lastCursor.split('.').at(-1);
  return new Observable((subscriber) => {
    const request = get(`http://127.0.0.1:${port}/?after=${after}&by=${name}`, (response) => {
      const lines = createInterface(response);
      lines.on('line', (line) => subscriber.next(Ticks.Tick(Number(line))));
      // It repeats the errors of its input.
      lines.on('error', () => {});
      response.on('error', (error) => subscriber.error(error));
      response.on('end', () => subscriber.error(new Error('the upstream has ended')));
    });
    request.on('error', (error) => subscriber.error(error));
    return () => request.destroy();
  });
}

const numbers = feed(Ticks, {
  log: lmdbLog({ path, maxEntries: Infinity, maxBytes: Infinity }),
  source: upstream,
  claim: { lease },
  start: 'now',
  restart: { initialDelay: 10 },
  onError: () => {},
});

process.stdin.on('end', () => process.exit());
for await (const line of createInterface(process.stdin)) {
  if (line === 'close') numbers.close();
  if (line === 'stand still') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * lease);
}
