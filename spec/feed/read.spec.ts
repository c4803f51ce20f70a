import { expect } from 'chai';
import * as t from 'io-ts';
import { filter, interval, map, type Observable, take, takeWhile, tap, timer } from 'rxjs';
import { events, feed, memoryLog, type SseContext, type SseHandler, sse } from '../../lib/index.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const Large = events({ Large: { n: t.number, pad: t.string } });
const { Tick } = Ticks;
const ticks = { a: Tick(1), b: Tick(2), c: Tick(3), d: Tick(4) };
const isEven = ({ data }: { readonly data: number }): boolean => data % 2 === 0;

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`feed.read over ${name}`, () => {
    it(
      'sends each reader its own selection of the events, which resumes',
      marbles(({ hot, reader, flush }) => {
        const shared = feed(Ticks, { source: hot('10ms a 9ms b 9ms c 9ms d', ticks), log: makeLog() });
        const route = sse((context) => shared.read(context).pipe(filterEvents(isEven)));
        const first = reader(route, { socket: '35ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(first)).to.deep.equal(['position', '2']);
        expect(received(second)).to.deep.equal(['position', '4']);
        expect(second.headers).to.include({ 'rxsse-resume': 'exact' });
        expect(first.listeners + second.listeners).to.equal(0);
      }),
    );

    it(
      'sends positions in place of heartbeats to a reader whose filter passes no event',
      marbles(
        ({ reader, flush }) => {
          const odd = interval(10).pipe(map((n) => Tick(2 * n + 1)));
          const shared = feed(Ticks, {
            source: odd.pipe(take(60 * 60 * 100)),
            log: makeLog({ maxEntries: 100 }),
            linger: 0,
          });
          const route = sse({ heartbeat: 20_000 }, (context) => shared.read(context).pipe(filterEvents(isEven)));
          const hour = reader(route, { socket: '59900ms X' });
          flush();
          const frames = hour.frames.map(({ at, frame }) => [at, 'id' in frame && frame.id?.split('.').at(-1)]);
          const late = makeLog().inMemory ? 0 : 3;
          const behind = late === 0 ? 0 : 1;
          // The tail of the log when no event had passed for the interval.
          expect(frames).to.deep.equal([
            [late, '0'],
            [late + 20_000, String(2000 - behind)],
            [late + 40_000, String(4000 - behind)],
          ]);
          expect(received(hour)).to.deep.equal(['position', 'position', 'position']);
        },
        { until: '61s' },
      ),
    );

    it(
      'resumes such a reader from its last position, although its last event was trimmed before',
      marbles(({ hot, reader, flush }) => {
        const source = hot('5ms a 9ms c 9ms a 9ms c 49ms d', ticks);
        const shared = feed(Ticks, { source, log: makeLog({ maxEntries: 1 }) });
        const route = sse({ heartbeat: 30 }, (context) => shared.read(context).pipe(filterEvents(isEven)));
        const first = reader(route, { socket: '71ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(first.lastEventId).to.match(/\.4$/);
        expect(received(second)).to.deep.equal(['position', '4']);
      }),
    );

    it(
      'reads no entry while the socket is full',
      marbles(({ hot, reader, flush }) => {
        const seen: number[] = [];
        const source = hot('10ms a 9ms b 9ms c 9ms d', ticks);
        const shared = feed(Ticks, { source, log: makeLog() });
        const route = sse((context) =>
          shared.read(context).pipe(tap(({ event }) => event?.type === 'tick' && seen.push(event.data))),
        );
        const slow = reader(route, { socket: '15ms F 44ms D 39ms X' });
        timer(58).subscribe(() => expect(seen).to.deep.equal([1]));
        flush();
        expect(received(slow)).to.deep.equal(['position', '1', '2', '3', '4']);
        expect(slow.overrun).to.equal(0);
        // The entries that it had not received come in one write.
        expect(slow.writes).to.have.length(3);
        expect(seen).to.deep.equal([1, 2, 3, 4]);
      }),
    );

    it(
      'passes gaps at the start and in mid-stream',
      marbles(({ hot, reader, flush }) => {
        const source = hot('10ms a 9ms b 9ms c 9ms d', ticks);
        const shared = feed(Ticks, { source, log: makeLog({ maxEntries: 1 }) });
        const route = sse((context) =>
          shared.read(context).pipe(
            filterEvents(isEven),
            mapEvents((tick) => tick),
          ),
        );
        const slow = reader(route, { socket: '5ms F 54ms D 39ms X' });
        flush();
        const again = reader(route, { lastEventId: slow.lastEventId.replace(/\d$/, '1'), socket: '200ms X' });
        flush();
        // The window may still have an entry that the log has trimmed; then no event is missing.
        const missed = makeLog().inMemory ? 'gap trimmed' : '2';
        expect(received(slow)).to.deep.equal(['position', missed, '4']);
        expect(received(again)).to.deep.equal(['position', 'gap trimmed', '4']);
        const [, gap] = again.frames.map(({ frame }) => frame);
        expect(gap).to.have.property('id').that.matches(/\.3$/);
      }),
    );

    it(
      'loses no event when the socket fills in the middle of a page, also with overflow set for streams without a log',
      marbles(({ reader, flush }) => {
        const shared = feed(Large, { log: makeLog() });
        // The pipeline may make more bytes of a page than the page has.
        const larger = (context: SseContext) =>
          shared.read(context).pipe(mapEvents(({ data: { n, pad } }) => Large.Large({ n, pad: pad.repeat(4) })));
        const route = sse({ overflow: 'drop-oldest', queue: { maxEvents: 1 } }, larger);
        const slow = reader(route, { socket: '50ms X' });
        const { response } = slow;
        const write = response.write.bind(response);
        response.write = (chunk) => {
          write(chunk);
          if (chunk.length < 50_000) return true;
          response.fill();
          timer(3).subscribe(() => response.drain());
          return false;
        };
        const numbers = Array.from({ length: 12 }, (_, n) => n);
        timer(10).subscribe(() => shared.publish(numbers.map((n) => Large.Large({ n, pad: 'x'.repeat(10_000) }))));
        flush();
        const seen = slow.frames.slice(1).map(({ frame }) => ('data' in frame ? JSON.parse(frame.data).n : undefined));
        expect(seen).to.deep.equal(numbers);
        expect(slow.cutAt).to.equal(undefined);
      }),
    );

    for (const [how, resume, cursor, expected] of [
      ['from', { from: 'oldest' }, undefined, ['position', '1', '2']],
      ['from', { from: 'live' }, undefined, ['position']],
      ['gapPolicy', { gapPolicy: 'skip' }, '1.other.1', ['position', 'gap epoch']],
      ['gapPolicy', { gapPolicy: 'replay' }, '1.other.1', ['position', 'gap epoch', '1', '2']],
      ['gapPolicy', { gapPolicy: 'end' }, '1.other.1', ['position', 'gap epoch', 'end']],
    ] as const) {
      it(
        `starts at the position that \`${how}\` returns: ${Object.values(resume)[0]}`,
        marbles(({ reader, flush }) => {
          const shared = feed(Ticks, { log: makeLog() });
          shared.publish([Tick(1), Tick(2)]);
          const route = sse({ resume }, (context) => shared.read(context));
          const options = cursor === undefined ? {} : { lastEventId: cursor };
          const r = reader(route, { ...options, at: '10ms', socket: '200ms X' });
          flush();
          expect(received(r)).to.deep.equal(expected);
        }),
      );
    }

    it(
      'ends when its feed ends, with the reason "failed" where the feed failed',
      marbles(({ cold, reader, flush }) => {
        const over = (source: Observable<ReturnType<typeof Tick>>) => {
          const shared = feed(Ticks, { source, log: makeLog(), onError: () => {} });
          return sse((context) => shared.read(context).pipe(filterEvents(isEven)));
        };
        const [done, failed] = [cold('-a-|', ticks), cold('-a-#', ticks)].map((source) => reader(over(source)));
        flush();
        for (const r of [done, failed]) {
          expect(r && received(r)).to.deep.equal(['position', 'end']);
          // The end comes after the events that did not pass as well.
          expect(r?.lastEventId).to.match(/\.1~$/);
        }
        expect(done?.frames.at(-1)?.frame).to.include({ data: 'null' });
        expect(failed?.frames.at(-1)?.frame).to.include({ data: '{"reason":"failed"}' });
      }),
    );

    it(
      'ends when the pipeline completes',
      marbles(({ hot, reader, flush }) => {
        const shared = feed(Ticks, { source: hot('10ms a 9ms b 9ms c', ticks), log: makeLog(), linger: 0 });
        const route = sse((context) => shared.read(context).pipe(takeWhile(({ event }) => event?.data !== 2, true)));
        const r = reader(route);
        flush();
        expect(received(r)).to.deep.equal(['position', '1', '2', 'end']);
        expect(r.lastEventId).to.match(/\.2~$/);
        expect(r.listeners).to.equal(0);
      }),
    );
  });
}

describe('an event of a pipeline over feed.read', () => {
  const sent = (route: SseHandler<never>, errors = 0) => {
    let text = '';
    marbles(({ reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const r = reader(route, { socket: '50ms X' });
      flush();
      text = r.text.replaceAll(/1\.[\w-]{16}\./g, '');
      expect(reported.length).to.equal(errors);
    })();
    return text.split('\n\n').slice(1, -1);
  };
  const one = () => {
    const shared = feed(Ticks, { log: memoryLog() });
    shared.publish(Tick(1));
    return shared;
  };
  const resume = { from: 'oldest' } as const;

  it('is sent with the bytes of the log when it is unchanged', () => {
    const shared = one();
    const expected = ['id: 1\nevent: tick\ndata: 1'];
    expect(sent(sse({ resume }, shared))).to.deep.equal(expected);
    expect(sent(sse({ resume }, (context) => shared.read(context)))).to.deep.equal(expected);
  });

  it('is encoded at the same position when it is another event', () => {
    const shared = one();
    const mapped = (change: (tick: { readonly data: number }) => { readonly type: string; readonly data: unknown }) =>
      sent(sse({ resume }, (context) => shared.read(context).pipe(mapEvents(change))));
    const Other = events({ Other: { of: t.number } }).Other;
    expect(mapped(({ data }) => Other({ of: data }))).to.deep.equal(['id: 1\nevent: other\ndata: {"of":1}']);
    expect(mapped(({ data }) => Tick(-data))).to.deep.equal(['id: 1\nevent: tick\ndata: -1']);
  });

  it("is checked and encoded by the feed's contract when it is a plain object", () => {
    const shared = one();
    const plain = (data: unknown, errors = 0) =>
      sent(
        sse({ resume }, (context) => shared.read(context).pipe(mapEvents((tick) => ({ ...tick, data })))),
        errors,
      );
    expect(plain(7)).to.deep.equal(['id: 1\nevent: tick\ndata: 7']);
    expect(plain('secret', 1)).to.deep.equal([]);
  });

  it('is sent when it passes a plain RxJS operator, where only delivered events move the position', () => {
    const shared = one();
    shared.publish([Tick(2), Tick(3)]);
    const route = sse({ resume }, (context) => shared.read(context).pipe(filter(({ event }) => event?.data === 2)));
    expect(sent(route)).to.deep.equal(['id: 2\nevent: tick\ndata: 2']);
  });
});
