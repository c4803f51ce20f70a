import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { withReaders } from './slow/startReaders.ts';
import { everyTurn, onWrite, turn } from './slow/watched.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

const history = 100_000;
const behind = 6;
const page = 64 * 1024;

/** Records the turns of the event loop and the writes to the reader at the tail and to the readers behind. */
class Turns {
  now = 0;
  /** The turn of the publication of the oldest event that the reader at the tail has not received. */
  waitingSince: number | undefined;
  longestWait = 0;
  mostBytes = 0;
  #bytes = 0;

  next(): void {
    this.now++;
    this.#bytes = 0;
  }

  atTail(): void {
    this.longestWait = Math.max(this.longestWait, this.now - (this.waitingSince ?? this.now));
    this.waitingSince = undefined;
  }

  fromBehind(bytes: number): void {
    this.#bytes += bytes;
    this.mostBytes = Math.max(this.mostBytes, this.#bytes);
  }
}

describe('readers that are 100,000 entries behind', function () {
  // It takes about 2 s; the timeout allows for a busy machine.
  this.timeout(60_000);

  it('catch up without slowing a reader at the tail, and without copies of the history', async () => {
    const log = memoryLog({ maxBytes: 64 * 1024 * 1024, maxEntries: Infinity });
    const ticks = feed(Ticks, { log });
    const event = Tick('x'.repeat(150));
    const start = (await ticks.publish(event)).replace(/1$/, '0');
    for (let n = 1; n < history; n++) ticks.publish(event);
    const { length } = (await firstValueFrom(log.read(0, Infinity))).bytes;

    const turns = new Turns();
    const passed: number[] = [];
    const memory = new Set<ArrayBufferLike>();
    const route = sse({ heartbeat: Infinity, stallTimeout: Infinity }, ticks);
    const listener: RequestListener = (request, response) => {
      if (request.url === '/') onWrite(response, () => turns.atTail());
      else {
        const reader = passed.push(0) - 1;
        onWrite(response, (chunk) => {
          passed[reader] = (passed[reader] ?? 0) + chunk.length;
          turns.fromBehind(chunk.length);
          if (typeof chunk !== 'string') memory.add(chunk.buffer);
        });
      }
      route(request, response);
    };

    await listen(listener, async (url) => {
      const atTail = await openStream(url);
      const next = (): void => turns.next();
      await everyTurn(next, () =>
        withReaders(`${url}/?lastEventId=${start}`, behind, async (readers) => {
          readers.go();
          let published = 0;
          while (passed.length < behind || passed.some((bytes) => bytes < length)) {
            turns.waitingSince ??= turns.now;
            ticks.publish(event);
            published++;
            await turn();
          }
          // Each turn serves at least one of them, also on a slow machine.
          expect(turns.longestWait).to.be.at.most(behind + 1);
          // A slice of 0.2 ms writes far less; a socket accepts more until it is full.
          expect(turns.mostBytes).to.be.within(page / 2, 64 * page);
          expect([...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)).to.be.below(1.5 * length);

          ticks.end().subscribe();
          await readers.until(behind);
          expect([...readers.done.values()]).to.deep.equal(Array(behind).fill(history + published));
        }),
      );
      atTail.close();
    });
  });
});
