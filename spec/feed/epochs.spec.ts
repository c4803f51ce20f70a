import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, feed, filterEvents, sse } from '../../lib/index.ts';
import type { TestReader } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { counted } from './counted.ts';
import { type RebornLog, reborn } from './reborn.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

/** What another process puts into the log, under the feed. */
function append(log: RebornLog, ...numbers: readonly number[]): void {
  feed(Ticks, { log: log.storage }).publish(numbers.map((n) => Tick(n)));
}

function gapOf(reader: TestReader): unknown {
  const told = reader.frames.find(({ frame }) => frame._tag === 'Message' && frame.event === 'rxsse.gap')?.frame;
  return told?._tag === 'Message' ? { id: told.id, ...JSON.parse(told.data) } : undefined;
}

/** The newest id before the gap. */
function placeBefore(reader: TestReader): string | undefined {
  const ids = reader.frames.map(({ frame }) =>
    frame._tag === 'Message' && frame.event !== 'rxsse.gap' ? frame.id : null,
  );
  return ids[ids.indexOf(null) - 1] ?? undefined;
}

for (const [how, wrap] of Object.entries({
  'answers at once': (log: RebornLog) => log,
  'takes 3 ms': (log: RebornLog) => withLatency(log, 3),
})) {
  describe(`a log that ${how} and gets another epoch under its readers`, () => {
    for (const [before, after] of [
      [5, 2],
      [2, 2],
      [2, 5],
    ] as const) {
      it(
        `tells them of the gap, and goes on with all there is: ${before} entries before, ${after} after`,
        marbles(({ reader, flush }) => {
          const log = reborn();
          const reads = counted(wrap(log));
          const route = sse(feed(Ticks, { log: reads }));
          const r = reader(route, { socket: '100ms X' });
          const numbers = (count: number, first: number) => Array.from({ length: count }, (_, n) => first + n);
          timer(10).subscribe(() => append(log, ...numbers(before, 1)));
          timer(20).subscribe(() => log.lose());
          timer(30).subscribe(() => append(log, ...numbers(after, 11)));
          // Beyond the old tail, so that the window has to fit again.
          timer(50).subscribe(() => append(log, ...numbers(4, 21)));
          flush();
          const shown = [...numbers(before, 1), 'gap epoch', ...numbers(after, 11), ...numbers(4, 21)].map(String);
          expect(received(r)).to.deep.equal(['position', ...shown]);
          const now = r.lastEventId.replace(/\d+$/, '0');
          expect(gapOf(r)).to.deep.equal({
            id: now,
            reason: 'epoch',
            requested: placeBefore(r),
            resumedFrom: now,
          });
          // To find out that it was lost; the rest comes through the window again.
          expect(reads.reads.filter(({ maxBytes }) => maxBytes === 64 * 1024)).to.have.length(1);
        }),
      );
    }

    it(
      'tells a slow one, too, when its socket drains, and does not give it what others were given before',
      marbles(({ reader, flush }) => {
        const log = reborn();
        const route = sse(feed(Ticks, { log: wrap(log) }));
        const slow = reader(route, { socket: '15ms F 44ms D 40ms X' });
        reader(route, { socket: '100ms X' });
        timer(10).subscribe(() => append(log, 1));
        timer(20).subscribe(() => append(log, 2, 3));
        timer(30).subscribe(() => log.lose());
        timer(40).subscribe(() => append(log, 11, 12, 13));
        flush();
        expect(received(slow)).to.deep.equal(['position', '1', 'gap epoch', '11', '12', '13']);
        expect(gapOf(slow)).to.include({ requested: placeBefore(slow) });
      }),
    );

    it(
      'tells them nothing when it still has all that they were given',
      marbles(({ reader, flush }) => {
        const log = reborn();
        const r = reader(sse(feed(Ticks, { log: wrap(log) })), { socket: '100ms X' });
        timer(10).subscribe(() => append(log, 1, 2));
        timer(20).subscribe(() => log.rename('another'));
        timer(30).subscribe(() => append(log, 3));
        flush();
        expect(received(r)).to.deep.equal(['position', '1', '2', '3']);
      }),
    );

    it(
      'goes through the pipelines of a route in the same way',
      marbles(({ reader, flush }) => {
        const shown: (readonly string[])[] = [];
        for (const change of ['lose', 'rename'] as const) {
          const log = reborn();
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
      'tells one that is behind, although nobody was woken for it, and goes on when somebody is',
      marbles(({ reader, flush }) => {
        const log = reborn();
        append(log, 1, 2, 3);
        const reads = counted(wrap(log));
        const route = sse({ resume: { from: 'oldest' } }, feed(Ticks, { log: reads }));
        const slow = reader(route, { socket: '40ms D 9ms D 50ms X' });
        kernelBuffer(slow, 1);
        timer(20).subscribe(() => log.lose('silently'));
        timer(60).subscribe(() => append(log, 11, 12));
        flush();
        expect(received(slow)).to.deep.equal(['position', 'gap epoch', '11', '12']);
        expect(gapOf(slow)).to.include({ requested: placeBefore(slow) });
        expect(reads.reads.length).to.be.below(10);
      }),
    );
  });
}

describe('a reader that comes with a cursor of the new epoch', () => {
  it(
    'is told of no gap, although the window has not heard of that epoch yet',
    marbles(({ reader, flush }) => {
      const log = reborn();
      const route = sse(feed(Ticks, { log: withLatency(log, 4) }));
      const first = reader(route, { socket: '100ms X' });
      let came: TestReader | undefined;
      // At 20 the window begins to read what was there before; it hears of the new epoch at 28.
      timer(20).subscribe(() => append(log, 1));
      timer(21).subscribe(() => log.lose());
      timer(22).subscribe(() => {
        feed(Ticks, { log: log.storage })
          .publish(Tick(11))
          .subscribe((lastEventId) => {
            came = reader(route, { at: '22ms', lastEventId, socket: '78ms X' });
          });
      });
      timer(40).subscribe(() => append(log, 12));
      flush();
      expect(came && received(came)).to.deep.equal(['position', '12']);
      expect(came?.headers).to.include({ 'rxsse-resume': 'exact' });
      expect(received(first)).to.deep.equal(['position', '1', 'gap epoch', '11', '12']);
    }),
  );
});
