import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { events as contract, feed, memoryLog, sse } from '../../lib/index.ts';
import type { Faults } from '../support/FaultyConnection.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';
import { follow, hasPosition } from './eventSource.ts';
import { ofFeed, producers } from './faults/producers.ts';
import { type Read, readThrough } from './faults/readThrough.ts';
import { turn } from './slow/watched.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

const Text = contract({ Tick: t.string });

/** The seed of the random scripts; `SEED=… npx mocha` runs those of another seed. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The time until a dead connection breaks, in ms. */
const noticed = 5;

/** The faults of each connection, by its index. */
const faults: Readonly<Record<string, { readonly times: number; readonly faults: (nth: number) => Faults }>> = {
  'closed after many a byte of an answer': {
    times: 100,
    faults: (nth) => ({ answer: { how: 'cut', after: nth * 7 } }),
  },
  'reset after many a byte of an answer': {
    times: 100,
    faults: (nth) => ({ answer: { how: 'reset', after: nth * 7 } }),
  },
  'closed after many a byte of the request': {
    times: 30,
    faults: (nth) => ({ request: { how: 'cut', after: nth * 7 } }),
  },
  'reset after many a byte of the request': {
    times: 30,
    faults: (nth) => ({ request: { how: 'reset', after: nth * 7 } }),
  },
  'one byte at a time, and then closed': {
    times: 5,
    faults: (nth) => ({ request: { pace: 'drip' }, answer: { pace: 'drip', how: 'cut', after: 500 + nth } }),
  },
  'late, each piece of it, and then reset': {
    times: 10,
    faults: (nth) => ({ request: { pace: 2 }, answer: { pace: 2, how: 'reset', after: 500 + nth * 100 } }),
  },
  'half-open, and neither end is notified': {
    times: 30,
    faults: (nth) => ({ answer: { how: 'lost', after: nth * 40, noticed } }),
  },
  'half-open from the request on': {
    times: 10,
    faults: (nth) => ({ request: { how: 'lost', after: nth * 20, noticed } }),
  },
  'no longer read': { times: 30, faults: (nth) => ({ answer: { how: 'deaf', after: nth * 40, noticed } }) },
  'never read at all, its request neither': {
    times: 10,
    faults: (nth) => (nth % 2 === 0 ? { request: { how: 'deaf', noticed } } : { answer: { how: 'deaf', noticed } }),
  },
};

function expectWhole({ sent, seen }: Read): void {
  const numbers = Array.from({ length: sent }, (_, index) => String(index + 1));
  expect(seen).to.deep.equal([...numbers, 'end', 'closed']);
}

describe('an EventSource with faulty connections', function () {
  // It takes some seconds; the timeout allows for a busy machine.
  this.timeout(60_000);

  for (const [name, produce] of Object.entries(producers)) {
    for (const [how, { times, faults: faultsOf }] of Object.entries(faults)) {
      it(`receives every event of ${name} once and in order when they are ${how}`, async () => {
        const read = await readThrough(
          produce(),
          Array.from({ length: times }, (_, nth) => faultsOf(nth)),
        );
        expectWhole(read);
        expect(read.attempts).to.have.length.above(times);
      });
    }
  }

  it('receives every event when they are closed after each byte of a response in turn, including its head and position', async () => {
    const script = Array.from({ length: 600 }, (_, after): Faults => ({ answer: { how: 'cut', after } }));
    expectWhole(await readThrough(ofFeed(), script));
  });

  it('receives each gap at its position when more was published meanwhile than the log stores', async () => {
    const script = Array.from(
      { length: 20 },
      (_, nth): Faults => ({ answer: { how: 'lost', after: 300 + nth * 40, noticed } }),
    );
    const { sent, seen } = await readThrough(ofFeed(20), script, { ahead: 300 });
    let last = 0;
    let gaps = 0;
    seen.slice(0, -2).forEach((one, index) => {
      if (one === 'gap trimmed') {
        gaps++;
        return;
      }
      const missed = Number(one) - last - 1;
      expect(missed > 0, `${missed} missed before ${one}, after ${seen[index - 1]}`).to.equal(
        seen[index - 1] === 'gap trimmed',
      );
      expect(missed).to.be.at.least(0);
      last = Number(one);
    });
    expect([last, ...seen.slice(-2)]).to.deep.equal([sent, 'end', 'closed']);
    expect(gaps).to.be.above(0);
  });

  it('resumes at its position after the server has cut a connection that was not read', async () => {
    const passed: string[] = [];
    const ticks = feed(Text, { log: memoryLog({ maxBytes: 128 * MiB, maxEntries: Infinity }), maxEventBytes: 2 * MiB });
    const route = sse({ retry: 1, stallTimeout: 100, onClose: (reason) => void passed.push(reason) }, ticks);
    await listen(
      (request, response) => route(request, response),
      (url) =>
        // The first connection goes dead after the position.
        faultProxy(
          url,
          (connection) => (connection === 0 ? { answer: { how: 'deaf', after: 2 * KiB } } : {}),
          (proxy) =>
            follow(
              proxy.url,
              async ({ until, seen, attempts, events }) => {
                await until((follower) => hasPosition(follower));
                // More than the kernel buffers.
                for (let n = 0; n < 64; n++) ticks.publish(Text.Tick(`${n} ${'x'.repeat(MiB)}`));
                while (passed.length === 0) await turn();
                expect(passed).to.deep.equal(['stalled']);
                expect(attempts).to.have.length(1);
                proxy.breakAll();
                ticks.end();
                await until(() => seen.includes('closed'));
                expect(events.slice(0, -1).map(({ data }) => JSON.parse(data).split(' ', 1)[0])).to.deep.equal(
                  Array.from({ length: 64 }, (_, n) => String(n)),
                );
                expect(passed).to.deep.equal(['stalled', 'completed']);
              },
              { patience: 20_000 },
            ),
        ),
    );
  });

  const bytes = (most: number) => fc.nat(most);
  const how = fc.constantFrom('cut', 'reset', 'lost', 'deaf');
  const pace = fc.option(fc.constantFrom('drip' as const, 1, 3), { nil: undefined, freq: 4 });
  const fault = (most: number) =>
    fc.record({ how, after: bytes(most), noticed: fc.nat(10), pace }).map(({ pace: at, ...rest }) => ({
      ...rest,
      ...(at !== undefined && { pace: at }),
    }));
  /** Faults of a response always end it; faults of a request may not. */
  const scripts = fc.array(fc.record({ request: fault(300), answer: fault(1500) }, { requiredKeys: ['answer'] }), {
    minLength: 1,
    maxLength: 12,
  });

  for (const [name, produce] of Object.entries(producers)) {
    it(`receives every event of ${name} through 10 random scripts of faults, seed ${seed}`, () =>
      fc.assert(
        fc.asyncProperty(scripts, async (script) => expectWhole(await readThrough(produce(), script))),
        { numRuns: 10, seed, endOnFailure: true },
      ));
  }
});
