import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { filter, map, Subject, share } from 'rxjs';
import { events, feed, mapEvents, type SseHandler, sse } from '../../lib/index.ts';
import { SharedEncodings } from '../../lib/sink/SharedEncodings.ts';
import { Wire } from '../../lib/sink/Wire.ts';
import { turn, watched } from '../http/slow/watched.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

let encoded = 0;
const counted = new t.Type<number, number>('counted', t.number.is, t.number.validate, (n) => {
  encoded++;
  return n;
});
const Ticks = events({ Tick: { n: counted, list: t.array(t.number) } });
const tick = (n: number) => Ticks.Tick({ n, list: [n] });
type Tick = ReturnType<typeof tick>;

/** Connects readers, runs a program, and returns the numbers that each reader received. */
async function received(route: SseHandler<never>, readers: number, act: () => unknown): Promise<readonly string[]> {
  return listen(route as never, async (url) => {
    const streams = [];
    for (let index = 0; index < readers; index++) streams.push(await openStream(`${url}?n=${index}`));
    encoded = 0;
    await act();
    const texts = await Promise.all(streams.map((stream) => stream.until(/"n":99\b/)));
    for (const stream of streams) stream.close();
    return texts.map((text) => [...text.matchAll(/"n":(\d+),"list":\[(\d+)\]/g)].map(([, n, m]) => `${n}/${m}`).join());
  });
}

const alike = (text: string, count: number): readonly string[] => Array.from({ length: count }, () => text);

describe('an event that is sent to many connections of a route', () => {
  for (const [what, streamOf] of [
    ['a Subject', (subject: Subject<Tick>) => () => subject],
    ['a shared pipeline', (subject: Subject<Tick>) => () => subject.pipe(share())],
    [
      'a mapping that each connection makes',
      (subject: Subject<Tick>) => () => subject.pipe(map(({ data }) => tick(data.n))),
    ],
  ] as const) {
    it(`is encoded once when it is emitted by ${what}`, async () => {
      const subject = new Subject<Tick>();
      const texts = await received(sse({ events: Ticks }, streamOf(subject)) as never, 100, () => {
        for (const n of [1, 2, 99]) subject.next(tick(n));
      });
      expect(texts).to.deep.equal(alike('1/1,2/2,99/99', 100));
      expect(encoded).to.equal(3);
    });
  }

  it('is encoded once when a pipeline maps the entries of a feed for each connection', async () => {
    const ticks = feed(Ticks);
    const route = sse({ events: Ticks }, (context) => ticks.read(context).pipe(mapEvents(({ data }) => tick(data.n))));
    const texts = await received(route as never, 20, () => ticks.publish([tick(1), tick(2), tick(99)]));
    expect(texts).to.deep.equal(alike('1/1,2/2,99/99', 20));
    // One encoding is for the log, and one for all pipelines.
    expect(encoded).to.equal(6);
  });

  it('is sent with the data at the time of its emission when the program changes it and emits it again', async () => {
    const subject = new Subject<Tick>();
    const parity = (n: number) => subject.pipe(filter(({ data }) => data.n === 99 || data.n % 2 === n % 2));
    const route = sse({ events: Ticks, query: { n: t.string } }, ({ query }) => parity(Number(query.n)));
    const texts = await received(route as never, 4, () => {
      const one = tick(0);
      // All are emitted in one turn, and no reader receives all of them.
      for (let n = 0; n < 6; n++) {
        Object.assign(one.data, { n, list: [n] });
        subject.next(one);
      }
      one.data.list[0] = 7;
      subject.next(one);
      subject.next(tick(99));
    });
    const [even, odd] = ['0/0,2/2,4/4,99/99', '1/1,3/3,5/5,5/7,99/99'];
    expect(texts).to.deep.equal([even, odd, even, odd]);
  });

  it('is sent with the data of each pipeline when all return one object that they change', async () => {
    const ticks = feed(Ticks);
    const one = tick(0);
    const route = sse({ events: Ticks, query: { n: t.string } }, (context) =>
      ticks.read(context).pipe(
        mapEvents((event) => {
          if (event.data.n === 99) return event;
          Object.assign(one.data, { n: Number(context.query.n) });
          return one;
        }),
      ),
    );
    const texts = await received(route as never, 3, () => ticks.publish([tick(1), tick(99)]));
    expect(texts).to.deep.equal(['0/0,99/99', '1/0,99/99', '2/0,99/99']);
  });

  it('is written to each connection with all events of its turn in one write', async () => {
    const subject = new Subject<Tick>();
    const { listener, responses } = watched((request, response) =>
      sse({ events: Ticks }, () => subject)(request, response),
    );
    await listen(listener, async (url) => {
      const streams = [];
      for (let index = 0; index < 10; index++) streams.push(await openStream(url));
      const writes = responses.map(() => 0);
      responses.forEach((response, index) => {
        const write = response.write.bind(response) as (...args: unknown[]) => boolean;
        response.write = (...args: unknown[]) => {
          writes[index] = (writes[index] ?? 0) + 1;
          return write(...args);
        };
      });
      for (let n = 0; n < 50; n++) subject.next(tick(n));
      while (writes.some((count) => count === 0)) await turn();
      subject.next(tick(99));
      for (const stream of streams) await stream.until(/"n":99\b/);
      expect(writes).to.deep.equal(writes.map(() => 2));
      for (const stream of streams) stream.close();
    });
  });

  it('does not check the socket of any connection while it is emitted, and once for each write', async () => {
    const subject = new Subject<Tick>();
    let checks = 0;
    const { listener, responses } = watched(sse({ events: Ticks }, () => subject));
    await listen(listener, async (url) => {
      const streams = [];
      for (let index = 0; index < 10; index++) streams.push(await openStream(url));
      for (const response of responses) {
        Object.defineProperty(response, 'writableNeedDrain', { get: () => ++checks < 0 });
      }
      for (const n of [1, 2, 99]) subject.next(tick(n));
      expect(checks).to.equal(0);
      for (const stream of streams) await stream.until(/"n":99\b/);
      // Before the write and after it.
      expect(checks).to.equal(2 * streams.length);
      for (const stream of streams) stream.close();
    });
  });

  it('has the same bytes for each of two connections as without the other one', () => {
    const alone = () => new SharedEncodings(new Wire(), Infinity);
    const value = fc.oneof(
      fc.record({
        type: fc.constant('tick'),
        data: fc.record({ n: fc.nat(3), list: fc.array(fc.nat(1), { maxLength: 2 }) }),
      }),
      fc.tuple(fc.nat(3), fc.array(fc.nat(1), { maxLength: 2 })).map(([n, list]) => Ticks.Tick({ n, list })),
    );
    const step = fc.tuple(value, fc.boolean(), fc.nat(2), fc.constantFrom({ first: true }, { second: true }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const shared = alone();
        for (const [one, isTyped, sequence, encoder] of steps) {
          const contract = isTyped ? Ticks : undefined;
          if (sequence === 0) {
            expect(shared.encode(one, contract, encoder)).to.deep.equal(alone().encode(one, contract, encoder));
          } else {
            const expected = alone().encodeAt('e', sequence, one, contract);
            expect(shared.encodeAt('e', sequence, one, contract)).to.deep.equal(expected);
          }
        }
      }),
    );
  });
});
