import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { withReaders } from './slow/startReaders.ts';
import { onWrite, turn } from './slow/watched.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

const history = 100_000;
const behind = 6;

describe('readers that are 100,000 entries behind', function () {
  this.timeout(60_000);

  it('catch up without hurting one at the tail, and history is copied for none of them', async () => {
    const log = memoryLog({ bytes: 64 * 1024 * 1024, entries: Infinity });
    const ticks = feed(Ticks, { log });
    const event = Tick('x'.repeat(150));
    const start = (await ticks.publish(event)).replace(/1$/, '0');
    for (let n = 1; n < history; n++) ticks.publish(event);

    let turns = 0;
    let published: number | undefined;
    let latest = 0;
    const given: number[] = [];
    const memory = new Set<ArrayBufferLike>();
    const route = sse(ticks, { heartbeat: Infinity });
    const listener: RequestListener = (request, response) => {
      if (request.url === '/') {
        onWrite(response, () => {
          latest = Math.max(latest, turns - (published ?? turns));
          published = undefined;
        });
      } else {
        const reader = given.push(0) - 1;
        onWrite(response, (chunk) => {
          if (typeof chunk === 'string') return;
          given[reader] = (given[reader] ?? 0) + chunk.length;
          memory.add(chunk.buffer);
        });
      }
      route(request, response);
    };

    await listen(listener, async (url) => {
      const atTail = await openStream(url);
      const {
        bytes: { length: bytes },
      } = await firstValueFrom(log.read(0, Infinity));
      await withReaders(`${url}/?lastEventId=${start}`, behind, async (readers) => {
        readers.go();
        while (given.length < behind || given.some((sum) => sum < bytes)) {
          published ??= turns;
          ticks.publish(event);
          await turn();
          turns++;
        }
        expect(latest).to.be.at.most(3);
        let distinct = 0;
        for (const { byteLength } of memory) distinct += byteLength;
        expect(distinct).to.be.below(1.5 * bytes);
        ticks.end().subscribe();
        await readers.until(behind);
        expect([...readers.done.values()]).to.deep.equal(Array(behind).fill(history + turns));
      });
      atTail.close();
    });
  });
});
