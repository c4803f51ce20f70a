import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER, timer } from 'rxjs';
import type { GapPolicy } from '../../lib/feed/startPosition.ts';
import { events, type FeedOptions, feed, filterEvents, memoryLog, type SseContext, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { received } from '../feed/received.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Counts = events({ Count: t.number, Total: t.number });
const { Count, Total } = Counts;

type Total = ReturnType<typeof Total>;
type Exact = { readonly events: readonly Total[]; readonly cursor: string };
type TakeSnapshot = (missed?: {
  readonly reason: string;
  readonly requested: string | null;
}) => Total[] | Exact | Promise<Exact>;

/** The way in which a reader continues that misses something; one that comes first starts live. */
type Policy = GapPolicy | TakeSnapshot;

function countedFeed(log: FeedOptions<typeof Counts>['log'] = memoryLog({ maxEntries: 2 })) {
  const shared = feed(Counts, { log });
  const cursors: string[] = [];
  const publish = (...counts: number[]): void => {
    for (const n of counts) shared.publish(Count(n)).subscribe((cursor) => cursors.push(cursor));
  };
  const ways = {
    'a mounted feed': (policy: Policy, options: object = {}) =>
      sse(
        {
          ...options,
          resume:
            typeof policy === 'string'
              ? { gapPolicy: policy }
              : { from: 'live', snapshot: (_context, missed) => policy(missed) },
        },
        shared,
      ),
    'a pipeline': (policy: Policy, options: object = {}) =>
      sse(
        { ...options, ...(typeof policy === 'string' && { resume: { gapPolicy: policy } }) } as object,
        (context: SseContext) =>
          shared
            .read(context, typeof policy === 'string' ? undefined : { from: 'live', snapshot: policy })
            .pipe(filterEvents(() => true)),
      ),
  };
  return { shared, cursors, publish, ways };
}

/** A socket that is full from 5 ms to 15 ms, while 2 to 6 are published and 2 to 4 are trimmed. */
const slow = '5ms F 9ms D 24ms X';

const expected: readonly (readonly [GapPolicy, readonly string[]])[] = [
  ['replay', ['position', '1', 'gap trimmed', '5', '6', '7']],
  ['skip', ['position', '1', 'gap trimmed', '7']],
  ['end', ['position', '1', 'gap trimmed', 'end']],
];

for (const way of ['a mounted feed', 'a pipeline'] as const) {
  for (const [policy, frames] of expected) {
    it(
      `the gap policy '${policy}' of ${way} applies to a connected reader whose entries are trimmed`,
      marbles(({ reader, flush }) => {
        const { ways, publish } = countedFeed();
        timer(2).subscribe(() => publish(1));
        timer(6).subscribe(() => publish(2));
        timer(8).subscribe(() => publish(3, 4, 5, 6));
        timer(20).subscribe(() => publish(7));
        const gaps: unknown[] = [];
        const onGap = (gap: { reason: string }): void => void gaps.push(gap.reason);
        const r = reader(ways[way](policy, { onGap }), { socket: slow });
        flush();
        expect(received(r).filter((frame, index) => index === 0 || frame !== 'position')).to.deep.equal(frames);
        expect(gaps).to.deep.equal(['trimmed']);
        expect(r.listeners).to.equal(0);
      }),
    );
  }
}

describe('a snapshot for a connected reader whose entries are trimmed', () => {
  it(
    'is sent between the gap and its position, where the stream continues live',
    marbles(({ reader, flush }) => {
      const { ways, publish, cursors } = countedFeed();
      const calls: unknown[] = [];
      const snapshot: TakeSnapshot = (missed) => {
        calls.push(missed);
        return [Total(20), Total(21)];
      };
      timer(2).subscribe(() => publish(1));
      timer(8).subscribe(() => publish(2, 3, 4, 5, 6));
      timer(20).subscribe(() => publish(7));
      const r = reader(ways['a mounted feed'](snapshot), { socket: slow });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', 'gap trimmed', '20', '21', 'position', '7']);
      expect(calls).to.deep.equal([{ reason: 'trimmed', requested: cursors[0] }]);
      const [, , gap, , , position] = r.frames.map(({ frame }) => (frame._tag === 'Message' ? frame : undefined));
      expect(JSON.parse(gap?.data ?? '')).to.deep.equal({
        reason: 'trimmed',
        requested: cursors[0],
        resumedFrom: cursors[5],
      });
      // A reader that is cut before the position receives a snapshot again.
      expect(gap?.id).to.match(/\.0$/);
      expect(position?.id).to.equal(cursors[5]);
    }),
  );

  it(
    'is sent over a log that answers later',
    marbles(({ reader, flush }) => {
      const { ways, publish, cursors } = countedFeed(withLatency(memoryLog({ maxEntries: 2 }), 1));
      const missed = (): Exact => ({ events: [Total(20)], cursor: cursors.at(-1) ?? '' });
      timer(10).subscribe(() => publish(1, 2, 3, 4, 5, 6));
      timer(40).subscribe(() => publish(7));
      const r = reader(ways['a mounted feed'](missed), { socket: '60ms X' });
      const skipping = reader(ways['a mounted feed']('skip'), { socket: '60ms X' });
      const piped = reader(ways['a pipeline']('skip'), { socket: '60ms X' });
      flush();
      // It includes the events that were published while the log was read.
      expect(received(r)).to.deep.equal(['position', '1', 'gap trimmed', '20', 'position', '7']);
      expect(received(skipping)).to.deep.equal(['position', '1', 'gap trimmed', '7']);
      expect(received(piped)).to.deep.equal(['position', '1', 'gap trimmed', '7']);
    }),
  );

  it(
    'waits for a full socket',
    marbles(({ reader, flush }) => {
      const { ways, publish, cursors } = countedFeed(withLatency(memoryLog({ maxEntries: 2 }), 4));
      const missed = (): Exact => ({ events: [Total(20)], cursor: cursors.at(-1) ?? '' });
      timer(10).subscribe(() => publish(1, 2, 3, 4, 5, 6));
      timer(50).subscribe(() => publish(7));
      const r = reader(ways['a mounted feed'](missed), { socket: '16ms F 20ms D 30ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', 'gap trimmed', '20', 'position', '7']);
      expect(r.overrun).to.equal(0);
    }),
  );

  it('can be a promise, and events that are published meanwhile are not missed', async () => {
    const { shared, ways, publish, cursors } = countedFeed(withLatency(memoryLog({ maxEntries: 4 }), 1));
    const [called, result] = [deferred(), deferred<Exact>()];
    const missed = (): Promise<Exact> => {
      called.resolve();
      return result.promise;
    };
    await listen(ways['a mounted feed'](missed), async (url) => {
      const wire = await openStream(url);
      publish(...Array.from({ length: 20 }, (_, n) => n));
      await called.promise;
      const last = await shared.publish(Count(20));
      publish(21);
      result.resolve({ events: [Total(7)], cursor: last });
      const text = await wire.until(/data: 21\n\n/);
      expect(text).to.match(/rxsse\.gap[^\0]*event: total\ndata: 7\n\nid: \S+\.21\n[^\0]*data: 21\n/);
      expect(text).to.not.include('event: count\ndata: 20\n');
      expect(cursors).to.have.length(21);
      wire.close();
    });
  });

  const mistakes: Readonly<Record<string, (cursors: readonly string[]) => unknown>> = {
    throws: () => {
      throw new Error('no state');
    },
    'is no snapshot': () => undefined,
    'has the cursor of another feed': () => ({ events: [], cursor: '1.other.1' }),
    'has a cursor beyond the last event': (cursors) => ({ events: [], cursor: cursors[0]?.replace(/\d+$/, '100') }),
    'has a cursor after which events were removed': (cursors) => ({ events: [], cursor: cursors[0] }),
    'has an event that is not of the contract': (cursors) => ({ events: [{ type: 'x' }], cursor: cursors.at(-1) }),
  };
  for (const [what, missed, way] of Object.entries(mistakes).flatMap(([what, missed]) => [
    [what, missed, 'a mounted feed'] as const,
    [what, missed, 'a pipeline'] as const,
  ])) {
    it(
      `cuts the connection and calls onError when that of ${way} ${what}`,
      marbles(({ reader, flush }) => {
        const { ways, publish, cursors } = countedFeed();
        const errors: unknown[] = [];
        timer(2).subscribe(() => publish(1));
        timer(8).subscribe(() => publish(2, 3, 4, 5, 6));
        const options = { onError: (error: unknown) => void errors.push(error) };
        const r = reader(ways[way]((() => missed(cursors)) as never, options), { socket: slow });
        flush();
        // Only the encoder at the end of a pipeline finds a wrong event, behind the gap.
        const sent = received(r).filter((frame) => way === 'a mounted feed' || frame !== 'gap trimmed');
        expect(sent).to.deep.equal(['position', '1']);
        expect(errors).to.have.length(1);
        expect(errors[0]).to.be.instanceOf(Error);
        expect(r.listeners).to.equal(0);
      }),
    );
  }

  it(
    'rejects a request when its cursor is beyond the last event of the feed',
    marbles(({ reader, flush }) => {
      const { ways, publish, cursors } = countedFeed();
      publish(1);
      const missed = () => ({ events: [], cursor: cursors[0]?.replace(/\d+$/, '2') ?? '' });
      const r = reader(ways['a mounted feed'](missed), { lastEventId: '1.other.1' });
      flush();
      expect(r.status).to.equal(500);
      expect(String(r.error)).to.include('beyond the last event');
    }),
  );

  for (const [what, stream] of Object.entries({
    'an Observable': NEVER,
    'a function that returns one': () => NEVER,
    'a pipeline': (context: SseContext) => countedFeed().shared.read(context),
  })) {
    it(
      `is an error in a route whose stream is not a feed but ${what}`,
      marbles(({ reader, flush }) => {
        const route = () => sse({ resume: { snapshot: () => [] } }, stream as never);
        if (typeof stream !== 'function')
          return void expect(route).to.throw(TypeError, 'needs a stream that is a feed');
        const r = reader(route());
        flush();
        expect(r.status).to.equal(500);
        expect(String(r.error)).to.include('feed.read(context, { snapshot })');
      }),
    );
  }
});

describe("a reader without a cursor of a route with from: 'oldest'", () => {
  const route = (policy: Policy | undefined, log = memoryLog({ maxEntries: 2 })) => {
    const counted = countedFeed(log);
    const resume = typeof policy === 'function' ? { snapshot: () => policy() } : policy && { gapPolicy: policy };
    return { ...counted, oldest: sse({ resume: { from: 'oldest', ...resume } }, counted.shared) };
  };

  for (const policy of [undefined, 'replay', 'skip', 'end'] as const) {
    it(
      `receives a gap and all stored entries when the log was trimmed, with the gap policy ${policy}`,
      marbles(({ reader, flush }) => {
        const { publish, oldest, cursors } = route(policy);
        publish(1, 2, 3, 4);
        const r = reader(oldest, { socket: '5ms X' });
        flush();
        expect(received(r)).to.deep.equal(['position', 'gap trimmed', '3', '4']);
        expect(r.headers).to.include({ 'rxsse-resume': 'gap;reason=trimmed' });
        const [, gap] = r.frames.map(({ frame }) => (frame._tag === 'Message' ? JSON.parse(frame.data || 'null') : 0));
        expect(gap).to.deep.equal({ reason: 'trimmed', requested: null, resumedFrom: cursors[1] });
      }),
    );
  }

  it(
    'receives the snapshot when the log was trimmed',
    marbles(({ reader, flush }) => {
      const { publish, oldest } = route(() => [Total(10)]);
      publish(1, 2, 3, 4);
      const r = reader(oldest, { socket: '5ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap trimmed', '10', 'position']);
    }),
  );

  it(
    'receives no gap when no entry was trimmed',
    marbles(({ reader, flush }) => {
      const { publish, oldest } = route(undefined, memoryLog());
      publish(1, 2, 3, 4);
      const r = reader(oldest, { socket: '5ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2', '3', '4']);
    }),
  );
});
