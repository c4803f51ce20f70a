import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, type FeedOptions, feed, memoryLog, type SseOptions, sse } from '../../../lib/index.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { randomFrom } from '../../../lib/testing/randomScript.ts';
import { withLatency } from '../../../lib/testing/withLatency.ts';
import { acceptingGzip, expectSame, type Pair } from './pairs.ts';

const Ticks = events({ Tick: t.string, Other: t.string });

/** The time in which readers connect, in ms; after it they have time to catch up. */
const within = 4000;

/** Text of every kind: of few words, of letters, of bytes that need more than a byte, and nothing. */
function textOf(random: () => number): string {
  const size = [0, 10, 100, 300, 3000, 40_000, 120_000][Math.floor((random() / 2 ** 32) ** 3 * 7)] ?? 0;
  const kind = random() % 4;
  const words = ['paid', 'shipped', 'order', '\n', 'Zürich', '東京'];
  let text = '';
  while (text.length < size) {
    if (kind === 0) text += words[random() % words.length];
    else if (kind === 1) text += String.fromCharCode(32 + (random() % 95));
    else if (kind === 2) text += String.fromCharCode(0x3000 + (random() % 4000));
    else text += 'x'.repeat(1 + (random() % 400));
  }
  return text;
}

/** Connects pairs of readers at random times, with sockets that are full for a while, and returns all of them. */
function playRandomly(seed: number): () => void {
  return marbles(
    ({ reader, flush }) => {
      const random = randomFrom(seed);
      const below = (most: number): number => random() % most;
      const log = memoryLog({ maxEntries: [5, 50, 10_000][below(3)] ?? 1, maxBytes: 300_000 });
      const options: FeedOptions<typeof Ticks> = { log: below(3) === 0 ? withLatency(log, 1 + below(4)) : log };
      const shared = feed(Ticks, options);
      const route: SseOptions<typeof Ticks> = {
        compression: below(2) === 0 ? true : { maxBytes: 1024 << below(9) },
        heartbeat: [50, 400, 15_000][below(3)] ?? 50,
        stallTimeout: 100_000,
        wire: below(4) === 0 ? { control: 'none' } : 'rxsse',
        resume: { from: below(2) === 0 ? 'live' : 'oldest' },
      };
      const handler = sse(route, shared);
      const pairs: Pair[] = [];

      for (let at = 0; at < within; at += 1 + below(300)) {
        timer(at).subscribe(() => {
          let burst = below(6) === 0 ? below(200) : below(4);
          while (burst-- > 0)
            void shared.publish(below(3) === 0 ? Ticks.Other(textOf(random)) : Ticks.Tick(`${burst}`));
        });
      }
      for (let at = 0; at < within; at += 1 + below(400)) {
        timer(at).subscribe(() => {
          let socket = '';
          for (let left = below(4); left > 0; left--) {
            socket += `${1 + below(200)}ms F ${1 + below(600)}ms D `;
          }
          const former = pairs[below(pairs.length + 2)]?.plain.lastEventId;
          const lastEventId = below(2) === 0 && former ? { lastEventId: former } : {};
          const script = { ...lastEventId, socket: `${at}ms ${socket} ${below(3) === 0 ? `${below(3000)}ms X` : ''}` };
          pairs.push({ plain: reader(handler, script), gzip: reader(handler, { ...script, ...acceptingGzip }) });
        });
      }
      timer(within + 6000).subscribe(() => shared.end());
      flush();
      expect(pairs).to.not.deep.equal([]);
      for (const pair of pairs) expectSame(pair);
    },
    { until: '60s' },
  );
}

describe('readers that connect at random times, with and without gzip', () => {
  const runs = Number(process.env.RUNS ?? 6);
  it('decode exactly the same bytes, write by write', function () {
    this.timeout(120_000);
    for (let seed = Number(process.env.SEED ?? 1), left = runs; left > 0; left--, seed++) {
      try {
        playRandomly(seed)();
      } catch (error) {
        if (error instanceof Error) error.message = `seed ${seed}: ${error.message.slice(0, 2000)}`;
        throw error;
      }
    }
  });
});
