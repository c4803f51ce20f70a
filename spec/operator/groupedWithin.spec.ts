import { expect } from 'chai';
import * as t from 'io-ts';
import { map, of, Subject } from 'rxjs';
import { type Entry, events, feed, type Gap, mapEvents, sse } from '../../lib/index.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { trackTimers } from '../support/trackTimers.ts';
import { entryAt, gapAt, type Order, paid, paidMore, positionAt, shipped } from './sample.ts';

/** Groups under their first letters. */
const spelt = (...groups: string[]) => Object.fromEntries(groups.map((group) => [group[0], [...group]]));

const sizes: Readonly<Record<string, number>> = { a: 2, b: 3, c: 1, d: 9, e: 1, f: 4 };
const bySize = groupedWithin<string>({ maxBytes: 5, sizeOf: (letter) => sizes[letter] ?? 0 });

describe('groupedWithin', () => {
  it(
    'emits a group when it is full or its time has passed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-------c-d-e-f|');
      const subs = '      ^-----------------!';
      const expected = '  -------a-------c--(f|)';

      expectObservable(source.pipe(groupedWithin({ maxEvents: 3, maxDelay: 6 }))).toBe(
        expected,
        spelt('ab', 'cde', 'f'),
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'counts the time of each group from its first event',
    marbles(({ hot, expectObservable }) => {
      const source = hot('ab--c-------|');
      const expected = '  -a-------c--|';
      expectObservable(source.pipe(groupedWithin({ maxEvents: 2, maxDelay: 5 }))).toBe(expected, spelt('ab', 'c'));
    }),
  );

  it(
    'emits what came in one turn at its end, with maxDelay 0, and delays nothing else',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-(abc)-d-(ef)-(gh)#');
      const unsub = '      ^----------!';
      const turns = source.pipe(groupedWithin({ maxDelay: 0 }));
      expectObservable(turns, unsub).toBe('-a-----d-e--', spelt('abc', 'd', 'ef'));
      expectObservable(source.pipe(groupedWithin({ maxDelay: 0, maxEvents: 2 }))).toBe(
        '-(ac)--d-e----g---#',
        spelt('ab', 'c', 'd', 'ef', 'gh'),
      );
      expectSubscriptions(source.subscriptions).toBe([unsub, '^-----------------!']);
    }),
  );

  it(
    'emits nothing of a turn in which it was unsubscribed from, with maxDelay 0, and its last group before the end',
    marbles(({ hot, expectObservable }) => {
      const turns = groupedWithin<string>({ maxDelay: 0 });
      expectObservable(hot('-(ab|)').pipe(turns)).toBe('-(a|)', spelt('ab'));
      expectObservable(hot('-(ab#)').pipe(turns)).toBe('-(a#)', spelt('ab'));
      expectObservable(hot('-(ab)--').pipe(turns), '^!').toBe('--');
    }),
  );

  it(
    'sends a fast reader of a feed each token as it comes, and a slow one all that it is behind as one event',
    marbles(({ cold, reader, flush }) => {
      const Answer = events({ Token: { text: t.string } });
      const tokens = cold('10ms a 9ms b 9ms c 9ms d 9ms (e|)').pipe(map((text) => Answer.Token({ text })));
      const answer = feed(Answer, { source: tokens });
      const route = sse((context) =>
        answer.read(context).pipe(
          groupedWithin({ maxDelay: 0 }),
          mapEvents((group) => Answer.Token({ text: group.map(({ data }) => data.text).join('') })),
        ),
      );
      const [fast, slow] = [reader(route), reader(route, { socket: '15ms F 29ms D' })];
      flush();
      const tokensOf = ({ frames }: typeof fast) =>
        frames.flatMap(({ at, frame }) =>
          frame._tag === 'Message' && frame.event === 'token' ? [[at, JSON.parse(frame.data).text]] : [],
        );
      expect(tokensOf(fast)).to.deep.equal([
        [10, 'a'],
        [20, 'b'],
        [30, 'c'],
        [40, 'd'],
        [50, 'e'],
      ]);
      expect(tokensOf(slow)).to.deep.equal([
        [10, 'a'],
        [45, 'bcd'],
        [50, 'e'],
      ]);
      expect(slow.lastEventId).to.equal(fast.lastEventId);
      answer.close();
    }),
  );

  it(
    'emits the open group before an error, and no empty group',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('ab#').pipe(groupedWithin({ maxEvents: 5 }))).toBe('--(a#)', spelt('ab'));
      expectObservable(hot('ab#').pipe(groupedWithin({ maxEvents: 2 }))).toBe('-a#', spelt('ab'));
      expectObservable(hot('-- 20ms |').pipe(groupedWithin({ maxDelay: 1 }))).toBe('-- 20ms |');
    }),
  );

  it(
    'closes a group at maxBytes, and starts the next one with the event that would exceed it',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('ab--|').pipe(bySize)).toBe('-a--|', spelt('ab'));
      expectObservable(hot('ca-b-c|').pipe(bySize)).toBe('---c--(b|)', spelt('ca', 'bc'));
      expectObservable(hot('ef-e|').pipe(bySize)).toBe('-e--(x|)', { e: ['e', 'f'], x: ['e'] });
    }),
  );

  it(
    'emits an event that is too large as a group of its own',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('d-----|').pipe(bySize)).toBe('d-----|', spelt('d'));
      expectObservable(hot('c-d-----|').pipe(bySize)).toBe('--(cd)--|', spelt('c', 'd'));
    }),
  );

  it(
    'measures the JSON text by default',
    marbles(({ hot, expectObservable }) => {
      const values = { t: 'four', n: 1234, o: { a: 1 }, u: undefined };
      // 4, 4, 7 and 0 characters.
      const grouped = hot('t-n-u-o|', values).pipe(groupedWithin<unknown>({ maxBytes: 8 }));
      expectObservable(grouped).toBe('--x----(y|)', { x: ['four', 1234], y: [undefined, { a: 1 }] });
    }),
  );

  it(
    'starts the time for an event that closes one group and starts another',
    marbles(({ hot, expectObservable }) => {
      const timed = groupedWithin<string>({ maxBytes: 5, maxDelay: 4, sizeOf: (letter) => sizes[letter] ?? 0 });
      expectObservable(hot('b--f----------|').pipe(timed)).toBe('---b---f------|', spelt('b', 'f'));
    }),
  );

  it('sets one timer, and none while there is no group', () => {
    marbles(({ hot, flush }) => {
      const timers = trackTimers();
      hot('aaaaaaaaaaaa|')
        .pipe(groupedWithin({ maxEvents: 2, maxDelay: 50 }))
        .subscribe();
      flush();
      timers.stop();
      expect(timers.set).to.equal(1);
    })();
  });

  it('does not measure without maxBytes, and accepts the smallest one', () => {
    const source = new Subject<number>();
    const sizeOf = () => {
      throw new Error('measured');
    };
    const got: unknown[] = [];
    source.pipe(groupedWithin({ maxEvents: 1, sizeOf })).subscribe((group) => got.push(group));
    source.pipe(groupedWithin({ maxBytes: 0.5, sizeOf: () => 1 })).subscribe((group) => got.push(group));
    source.next(7);
    expect(got).to.deep.equal([[7], [7]]);
  });

  it('holds 10000 events by default', () => {
    const source = new Subject<number>();
    const lengths: number[] = [];
    source.pipe(groupedWithin({ maxDelay: 20_000 })).subscribe((group) => lengths.push(group.length));
    for (let n = 0; n <= 10_000; n++) source.next(n);
    source.complete();
    expect(lengths).to.deep.equal([10_000, 1]);
  });

  it(
    'emits a group as one entry at its last position, before a gap',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, paid),
        b: entryAt(2, shipped),
        o: positionAt(3),
        c: entryAt(4, paidMore),
        g: gapAt(5),
      };
      const source = hot<Entry<Order | Gap>>('-ab-o---c-g-----|', { ...values });
      const expected = '                      -----x----(yg)--|';
      expectObservable(source.pipe(groupedWithin({ maxDelay: 4 }))).toBe(expected, {
        ...values,
        x: positionAt(3).withEvent([paid, shipped]),
        y: positionAt(4).withEvent([paidMore]),
      });
    }),
  );

  it('errors when sizeOf returns no size', () => {
    for (const size of [Number.NaN, -1, 'large']) {
      const messages: string[] = [];
      of('a')
        .pipe(groupedWithin({ maxBytes: 3, sizeOf: () => size as number }))
        .subscribe({ error: (error) => messages.push(error.message) });
      expect(messages).to.have.length(1);
      expect(messages[0]).to.match(
        /^groupedWithin: the result of sizeOf must be (at least 0, got (NaN|-1)|a number, got string)$/,
      );
    }
  });
});
