import { expect } from 'chai';
import * as t from 'io-ts';
import * as main from '../../../lib/index.ts';
import * as testing from '../../../lib/testing/index.ts';
import { failureOf } from '../failureOf.ts';
import { heartbeatAfterTheEnd, lateCloseListener, replayJoinedByConcat } from './bugs.ts';
import { type Bug, type EntryPoints, libWithBug } from './libWithBug.ts';

/** Specs as a user would write them, of at most ten lines. */
const specs = {
  leaves: ({ main: { events, feed, memoryLog, sse }, testing: { withLatency, marbles } }: EntryPoints) =>
    marbles(({ reader, flush }) => {
      const slow = feed(events({ Tick: { n: t.number } }), { log: withLatency(memoryLog(), 5) });
      const r = reader(sse(slow), { socket: '2ms X' });
      flush();
      expect([r.writes.length, r.listeners]).to.deep.equal([0, 0]);
    }),

  'loses nothing': ({ main: { events, feed, memoryLog, sse }, testing: { withLatency, marbles } }: EntryPoints) =>
    marbles(({ hot, reader, expectFrames }) => {
      const Ticks = events({ Tick: { n: t.number } });
      const ticks = feed(Ticks, { log: withLatency(memoryLog(), 3) });
      const values = { a: Ticks.Tick({ n: 1 }), b: Ticks.Tick({ n: 2 }), c: Ticks.Tick({ n: 3 }) };
      hot('a-------b---c', values).subscribe((tick) => ticks.publish(tick));
      const r = reader(sse({ resume: { from: 'oldest' } }, ticks), { at: '4ms', socket: '30ms X' });
      expectFrames(r).toBe('10ms a 2ms b--c', values);
    }),

  'is silent after the end': ({ main: { sse }, testing: { marbles } }: EntryPoints) =>
    marbles(({ cold, reader, expectFrames }) => {
      const r = reader(sse({ heartbeat: 5 }, cold('--a-|')));
      expectFrames(r).toBe('--a-|', { a: 'a' });
    }),
};

const found: readonly (readonly [Bug, keyof typeof specs, RegExp])[] = [
  [lateCloseListener, 'leaves', /bytes were written at \d+ ms, after the client had disconnected at 2 ms/],
  [replayJoinedByConcat, 'loses nothing', /difference is at 13 ms[\s\S]*expected +a +b +c\n +actual +a +- +c\n/],
  [
    heartbeatAfterTheEnd,
    'is silent after the end',
    /bytes were written at \d+ ms, after the response had ended at 4 ms/,
  ],
];

describe('a bug in a copy of the library', () => {
  for (const [bug, name, message] of found) {
    it(`${bug.name} is found by a spec of at most ten lines`, async () => {
      specs[name]({ main, testing })();
      const entryPoints = await libWithBug(bug);
      try {
        expect(failureOf(specs[name](entryPoints)).message).to.match(message);
      } finally {
        entryPoints.remove();
      }
    });
  }

  it('throws when its changes do not match the source', async () => {
    const outdated: Bug = { name: 'outdated', file: 'sink/serve.ts', changes: [['not there', '']] };
    const refused = await libWithBug(outdated).then(
      () => undefined,
      (error) => error,
    );
    expect(refused)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/"outdated" no longer fits sink\/serve\.ts/);
  });
});
