import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { FrameParser } from '../../../lib/wire/index.ts';

/**
 * A process of readers, run by a spec: `readers.ts <url> <count>`. The first one
 * does not read before an input line. Prints `open` when all have their heads,
 * and `<index> <events>` when a reader has received every event in order and the end.
 */
const [url = '', count = ''] = process.argv.slice(2);

async function open(): Promise<IncomingMessage> {
  const [response] = await once(get(url, { agent: false }), 'response');
  return response;
}

async function read(response: IncomingMessage, index: number): Promise<void> {
  let events = 0;
  let isOver = false;
  const parser = new FrameParser({
    maxEventBytes: Infinity,
    onMessage: ({ id, event }) => {
      if (event === 'rxsse.end') isOver = true;
      if (event !== 'tick') return;
      events++;
      if (!id?.endsWith(`.${events}`)) throw new Error(`reader ${index} got ${id} as event ${events}`);
    },
  });
  for await (const bytes of response) parser.push(bytes);
  if (!isOver) throw new Error(`reader ${index} was cut after ${events} events`);
  process.stdout.write(`${index} ${events}\n`);
}

const stalled = await open();
const others = await Promise.all(Array.from({ length: Number(count) - 1 }, open));
process.stdout.write('open\n');
const reading = others.map((response, index) => read(response, index + 1));
await once(process.stdin, 'data');
await Promise.all([...reading, read(stalled, 0)]);
process.stdin.destroy();
