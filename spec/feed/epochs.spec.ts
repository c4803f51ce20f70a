import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, feed, filterEvents, sse } from '../../lib/index.ts';
import type { TestReader } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { received } from './received.ts';
import { recordReads } from './recordReads.ts';
import { type ReplaceableLog, replaceableLog } from './replaceableLog.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

/** Appends as another process does, without the feed. */
function append(log: ReplaceableLog, ...numbers: readonly number[]): void {
  feed(Ticks, { log: log.storage }).publish(numbers.map((n) => Tick(n)));
}

function gapOf(reader: TestReader): unknown {
  const gap = reader.frames.find(({ frame }) => frame._tag === 'Message' && frame.event === 'rxsse.gap')?.frame;
  return gap?._tag === 'Message' ? { id: gap.id, ...JSON.parse(gap.data) } : undefined;
}

/** Returns the newest id before the gap. */
function idBeforeGap(reader: TestReader): string | undefined {
  const ids = reader.frames.map(({ frame }) =>
    frame._tag === 'Message' && frame.event !== 'rxsse.gap' ? frame.id : null,
  );
  return ids[ids.indexOf(null) - 1] ?? undefined;
}

for (const [logName, wrap] of Object.entries({
  'in memory': (log: ReplaceableLog) => log,
  'that takes 3 ms': (log: ReplaceableLog) => withLatency(log, 3),
})) {
  describe(`the readers of a feed whose log, ${logName}, changes its epoch`, () => {
    for (const [before, after] of [
      [5, 2],
      [2, 2],
      [2, 5],
    ] as const) {
      it(
        `receive a gap and then all entries of the new epoch: ${before} entries before, ${after} after`,
        marbles(({ reader, flush }) => {
          const log = replaceableLog();
          const reads = recordReads(wrap(log));
          const route = sse(feed(Ticks, { log: reads }));
          const r = reader(route, { socket: '100ms X' });
          const numbers = (count: number, first: number) => Array.from({ length: count }, (_, n) => first + n);
          timer(10).subscribe(() => append(log, ...numbers(before, 1)));
          timer(20).subscribe(() => log.lose());
          timer(30).subscribe(() => append(log, ...numbers(after, 11)));
          // Beyond the old tail, so that the window contains the positions of the readers again.
          timer(50).subscribe(() => append(log, ...numbers(4, 21)));
          flush();
          const shown = [...numbers(before, 1), 'gap epoch', ...numbers(after, 11), ...numbers(4, 21)].map(String);
          expect(received(r)).to.deep.equal(['position', ...shown]);
          const now = r.lastEventId.replace(/\d+$/, '0');
          expect(gapOf(r)).to.deep.equal({
            id: now,
            reason: 'epoch',
            requested: idBeforeGap(r),
            resumedFrom: now,
          });
          // One read finds that the entries were lost; the others come through the window.
          expect(reads.reads.filter(({ maxBytes }) => maxBytes === 64 * 1024)).to.have.length(1);
        }),
      );
    }

    it(
      'receive the gap after their socket drains, without the old entries that others received before',
      marbles(({ reader, flush }) => {
        const log = replaceableLog();
        const route = sse(feed(Ticks, { log: wrap(log) }));
        const slow = reader(route, { socket: '15ms F 44ms D 40ms X' });
        reader(route, { socket: '100ms X' });
        timer(10).subscribe(() => append(log, 1));
        timer(20).subscribe(() => append(log, 2, 3));
        timer(30).subscribe(() => log.lose());
        timer(40).subscribe(() => append(log, 11, 12, 13));
        flush();
        expect(received(slow)).to.deep.equal(['position', '1', 'gap epoch', '11', '12', '13']);
        expect(gapOf(slow)).to.include({ requested: idBeforeGap(slow) });
      }),
    );

    it(
      'receive no gap when the log has retained all entries',
      marbles(({ reader, flush }) => {
        const log = replaceableLog();
        const r = reader(sse(feed(Ticks, { log: wrap(log) })), { socket: '100ms X' });
        timer(10).subscribe(() => append(log, 1, 2));
        timer(20).subscribe(() => log.rename('another'));
        timer(30).subscribe(() => append(log, 3));
        flush();
        expect(received(r)).to.deep.equal(['position', '1', '2', '3']);
      }),
    );

    it(
      'receive the same through the pipeline of a route',
      marbles(({ reader, flush }) => {
        const shown: (readonly string[])[] = [];
        for (const change of ['lose', 'rename'] as const) {
          const log = replaceableLog();
          const shared = feed(Ticks, { log: wrap(log) });
          const errors: unknown[] = [];
          const route = sse(
            {
              onError: (error) => errors.push(error) && 'cut',
            },
            (context) => shared.read(context).pipe(filterEvents(({ data }) => data !== 2)),
          );
          const r = reader(route, { socket: '100ms X' });
          timer(10).subscribe(() => append(log, 1, 2));
          timer(20).subscribe(() => (change === 'lose' ? log.lose() : log.rename('another')));
          timer(30).subscribe(() => append(log, 11, 2, 12));
          timer(90).subscribe(() => shown.push(received(r), errors.map(String)));
        }
        flush();
        expect(shown).to.deep.equal([
          ['position', '1', 'gap epoch', '11', '12'],
          [],
          ['position', '1', '11', '12'],
          [],
        ]);
      }),
    );

    it(
      'receive the gap when they are behind and there was no wake-up, and continue at the next wake-up',
      marbles(({ reader, flush }) => {
        const log = replaceableLog();
        append(log, 1, 2, 3);
        const reads = recordReads(wrap(log));
        const route = sse({ resume: { from: 'oldest' } }, feed(Ticks, { log: reads }));
        const slow = reader(route, { socket: '40ms D 9ms D 50ms X' });
        kernelBuffer(slow, 1);
        timer(20).subscribe(() => log.lose('silently'));
        timer(60).subscribe(() => append(log, 11, 12));
        flush();
        expect(received(slow)).to.deep.equal(['position', 'gap epoch', '11', '12']);
        expect(gapOf(slow)).to.include({ requested: idBeforeGap(slow) });
        expect(reads.reads.length).to.be.below(10);
      }),
    );
  });
}

describe('a reader that connects with a cursor of the new epoch', () => {
  it(
    'receives no gap, although the window still has the old epoch',
    marbles(({ reader, flush }) => {
      const log = replaceableLog();
      const route = sse(feed(Ticks, { log: withLatency(log, 4) }));
      const first = reader(route, { socket: '100ms X' });
      let second: TestReader | undefined;
      // At 20 the window starts to read entries of the old epoch; it reads the new epoch at 28.
      timer(20).subscribe(() => append(log, 1));
      timer(21).subscribe(() => log.lose());
      timer(22).subscribe(() => {
        feed(Ticks, { log: log.storage })
          .publish(Tick(11))
          .subscribe((lastEventId) => {
            second = reader(route, { at: '22ms', lastEventId, socket: '78ms X' });
          });
      });
      timer(40).subscribe(() => append(log, 12));
      flush();
      expect(second && received(second)).to.deep.equal(['position', '12']);
      expect(second?.headers).to.include({ 'rxsse-resume': 'exact' });
      expect(received(first)).to.deep.equal(['position', '1', 'gap epoch', '11', '12']);
    }),
  );
});
