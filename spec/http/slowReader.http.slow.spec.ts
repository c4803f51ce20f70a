import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { getDefaultHighWaterMark } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import { Subject } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { FrameParser } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { heldOutside } from './slow/held.ts';
import type { MuteCost } from './slow/measureMute.ts';
import { publishUntilFull } from './slow/publishUntilFull.ts';
import { withReaders } from './slow/startReaders.ts';
import { turn, watched } from './slow/watched.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

const KiB = 1024;
const MiB = 1024 * KiB;
const page = 64 * KiB;
const script = fileURLToPath(new URL('slow/measureMute.ts', import.meta.url));
/** The bytes that a socket buffers before it is full: 16 KiB, and 64 KiB since Node 22. */
const socketHolds = getDefaultHighWaterMark(false);

describe('a reader that does not read', function () {
  // It takes about 3 s; the timeout allows for a busy machine.
  this.timeout(60_000);

  it('stalls as one of 20 readers of a 50 MB publication, and receives every event when it reads again', async () => {
    const ticks = feed(Ticks, { log: memoryLog({ maxBytes: 60 * MiB, maxEntries: Infinity }) });
    const { listener, responses } = watched(express().use(sse({ stallTimeout: Infinity }, ticks)));
    await listen(listener, (url) =>
      withReaders(url, 20, async (readers) => {
        const before = await heldOutside();
        const [stalled] = responses;
        const event = Tick('x'.repeat(10_000));
        let most = 0;
        for (let n = 0; n < 5000; n++) {
          ticks.publish(event);
          if (n % 50 !== 0) continue;
          await turn();
          most = Math.max(most, stalled?.writableLength ?? Infinity);
        }
        ticks.end().subscribe();
        await readers.until(19);
        expect([...readers.done.values()]).to.deep.equal(Array(19).fill(5000));
        expect(readers.done.has(0)).to.equal(false);

        most = Math.max(most, stalled?.writableLength ?? Infinity);
        expect(most).to.be.within(1, page + socketHolds);
        // The log has 50 MB. What other specs had left in the process may be freed meanwhile, so that no least is expected.
        expect((await heldOutside()) - before).to.be.at.most(51 * MiB);

        readers.go();
        await readers.until(20);
        expect(readers.done.get(0)).to.equal(5000);
      }),
    );
  });

  for (const megabytes of [10, 50]) {
    it(`buffers a page and what a socket holds, in at most two pages of memory, when the feed publishes ${megabytes} MB or more`, async () => {
      const child = fork(script, [String(megabytes)], { execArgv: ['--import', 'tsx'] });
      const [{ waiting, held }] = (await once(child, 'message')) as [MuteCost];
      expect(waiting).to.be.within(1, page + socketHolds);
      // What the socket holds beside the page is a view, of some KiB, of another page, which it retains. The memory of the
      // process varies by some KiB between two measurements; a third page would be 64 KiB more.
      const noise = 32 * KiB;
      expect(held).to.be.at.most(2 * page + noise);
      if (child.exitCode === null) await once(child, 'exit');
    });
  }

  it('receives a gap at its position for the entries that were trimmed before it reads again', async () => {
    const ticks = feed(Ticks, { log: memoryLog({ maxBytes: MiB, maxEntries: Infinity }) });
    const event = Tick('x'.repeat(1000));
    const route = sse({ stallTimeout: Infinity }, ticks);
    const { listener, responses } = watched((request, response) => route(request, response));
    await listen(listener, async (url) => {
      const [response] = await once(get(url, { agent: false }), 'response');
      const published = await publishUntilFull(() => ticks.publish(event), responses[0], 20_000);
      ticks.end().subscribe();

      const stretches: { from: number; to: number }[] = [];
      let last = 0;
      const parser = new FrameParser({
        onMessage: ({ id, event, data }) => {
          const sequence = Number(id?.replace(/^.*\./, '').replace('~', ''));
          if (event === 'rxsse.gap') {
            const { reason, requested, resumedFrom } = JSON.parse(data);
            expect([reason, requested.endsWith(`.${last}`), resumedFrom]).to.deep.equal(['trimmed', true, id]);
          } else if (event === 'tick') {
            expect(sequence).to.equal(last + 1);
            const stretch = stretches.at(-1);
            if (stretch?.to === last) stretch.to = sequence;
            else stretches.push({ from: sequence, to: sequence });
          }
          last = sequence;
        },
      });
      for await (const bytes of response) parser.push(bytes);
      // One gap is usual. The buffers of the kernel may grow while the events are published, and then take more in between.
      expect(stretches.length).to.be.at.least(2);
      expect(stretches[0]?.from).to.equal(1);
      expect(stretches.at(-1)?.to).to.equal(published);
    });
  });
});

describe('a reader that reads slowly and continuously', function () {
  // It takes 2 s.
  this.timeout(30_000);

  it('is not disconnected, although its waiting bytes take longer than the stall timeout', async () => {
    const source = new Subject<string>();
    const closed: string[] = [];
    const route = sse(
      { stallTimeout: 500, queue: { maxBytes: 64 * MiB }, onClose: (reason) => void closed.push(reason) },
      source,
    );
    await listen(
      (request, response) => route(request, response),
      async (url) => {
        const [response] = await once(get(url, { agent: false }), 'response');
        const event = 'x'.repeat(1000);
        for (let n = 0; n < 24_000; n++) source.next(event);
        source.complete();
        // 12 MB a second: the kernel, which has buffered about 6 MB at once, reports space for about 1.4 MB at a time.
        const start = performance.now();
        let received = 0;
        for await (const bytes of response) {
          received += bytes.length;
          const ahead = received / 12_000 - (performance.now() - start);
          if (ahead > 10) await sleep(ahead);
        }
        expect(received).to.be.above(24_000_000);
        expect(closed).to.deep.equal(['completed']);
      },
    );
  });
});
