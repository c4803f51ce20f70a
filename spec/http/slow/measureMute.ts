import * as t from 'io-ts';
import { events, feed, memoryLog, sse } from '../../../lib/index.ts';
import { listen } from '../../support/listen.ts';
import { heldOutside } from './held.ts';
import { withMuteReader } from './mute.ts';
import { publishUntilFull } from './publishUntilFull.ts';
import { turn, watched } from './watched.ts';

/** Describes what a reader that never reads costs, in bytes. */
export interface MuteCost {
  /** How much waits in its response. */
  readonly waiting: number;
  /** How much less memory outside of the heap there is when it has left. */
  readonly held: number;
}

const Ticks = events({ Tick: t.string });
const MiB = 1024 * 1024;

/** Measures the cost of one while a feed publishes at least some MB, in a process in which nothing else is freed meanwhile. */
async function measure(megabytes: number): Promise<MuteCost> {
  const ticks = feed(Ticks, { log: memoryLog({ maxBytes: MiB, maxEntries: Infinity }) });
  const event = Ticks.Tick('x'.repeat(1000));
  const route = sse({ stallTimeout: Infinity }, ticks);
  const { listener, responses } = watched((request, response) => route(request, response));
  return listen(listener, async (url) => {
    const [waiting, before] = await withMuteReader(url, async () => {
      while (responses.length === 0) await turn();
      await publishUntilFull(() => ticks.publish(event), responses[0], megabytes * 1000);
      return [responses[0]?.writableLength ?? Number.NaN, await heldOutside()];
    });
    while (responses[0]?.closed === false) await turn();
    return { waiting, held: before - (await heldOutside()) };
  });
}

process.send?.(await measure(Number(process.argv[2])));
