import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { FrameParser } from '../../lib/wire/index.ts';
import { Ticks } from './ways.ts';

/** Returns the position of a reader whose response is cut after these bytes, and whether it has received the gap. */
function cutAfter(bytes: Uint8Array, before: string): { readonly position: string; readonly knows: boolean } {
  let knows = false;
  let position = before;
  const parser = new FrameParser({
    onMessage: ({ id, event }) => {
      position = id ?? position;
      if (event === 'rxsse.gap') knows = true;
    },
  });
  parser.push(bytes);
  return { position, knows };
}

describe('the preamble of a response with a gap', () => {
  const old = '1.aaaaaaaaaaaaaaaa.7';

  /** Returns a feed whose first ten entries are trimmed, and cursors that it cannot serve. */
  function trimmed() {
    const ticks = feed(Ticks, { log: memoryLog({ maxEntries: 10 }) });
    let cursor = '';
    ticks.publish(Ticks.Tick(0)).subscribe((first) => {
      cursor = first;
    });
    for (let n = 1; n < 20; n++) ticks.publish(Ticks.Tick(n));
    return { ticks, cursors: { trimmed: cursor, future: cursor.replace(/1$/, '100'), epoch: old, invalid: 'garbage' } };
  }

  const routes = {
    'a feed': () => {
      const { ticks, cursors } = trimmed();
      return { route: sse(ticks), cursors };
    },
    'its own view of a feed': () => {
      const { ticks, cursors } = trimmed();
      return { route: sse((context) => ticks.read(context)), cursors };
    },
    'a feed with a snapshot': () => {
      const { ticks, cursors } = trimmed();
      const cursor = cursors.trimmed.replace(/1$/, '15');
      const snapshot = () => ({ events: [Ticks.Tick(15)], cursor });
      return { route: sse({ resume: { snapshot } }, ticks), cursors };
    },
    'its own view of a feed with a snapshot': () => {
      const { ticks, cursors } = trimmed();
      return { route: sse((context) => ticks.read(context, { snapshot: () => [Ticks.Tick(15)] })), cursors };
    },
    'a run': () => ({
      route: sse({ resume: { linger: 0 } }, () => NEVER),
      cursors: { epoch: old, invalid: 'garbage' },
    }),
  };

  for (const [name, make] of Object.entries(routes)) {
    it(
      `of ${name}, cut after any byte, leaves no reader at a position without its gap`,
      marbles(({ reader, flush }) => {
        const { route, cursors } = make();
        const readers = Object.entries(cursors).map(([reason, lastEventId]) => ({
          reason,
          lastEventId,
          r: reader(route, { lastEventId, socket: '5ms X' }),
        }));
        flush();
        for (const { reason, lastEventId, r } of readers) {
          expect(r.headers['rxsse-resume']).to.equal(`gap;reason=${reason}`);
          expect(cutAfter(r.bytes, lastEventId).knows).to.equal(true);
          for (let length = 0; length < r.bytes.length; length++) {
            const { position, knows } = cutAfter(r.bytes.subarray(0, length), lastEventId);
            expect(knows || position === lastEventId, `${reason}, cut after ${length} bytes: at ${position}`).to.equal(
              true,
            );
          }
        }
      }),
    );
  }
});
