import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, from, map, NEVER, of, timer } from 'rxjs';
import { type EventOf, events, feed, type SseContext, sse, withId } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

const Orders = events({ Order: { key: t.number } });
const table = [1, 2, 3].map((key) => ({ key }));

/** Returns the rows after the last id of the reader, as typed events with their keys as ids. */
function rows({ lastEventId = '0' }: Pick<SseContext, 'lastEventId'>) {
  const missed = table.filter(({ key }) => key > Number(lastEventId));
  return from(missed).pipe(map(({ key }) => withId(Orders.Order({ key }), String(key))));
}

const ownIds = { events: Orders, resume: 'own-ids' } as const;
const row = (key: number) => `id: ${key}\nevent: order\ndata: {"key":${key}}\n\n`;

describe("resume: 'own-ids'", () => {
  it('sends the ids of typed events and of frames as they are, and no id of the route', async () => {
    const Unnamed = sse({ resume: 'own-ids' }, (context) =>
      concat(
        rows(context),
        of(message({ id: 'x', data: 4 }), message({ id: '', text: 'b' }), message({ data: 5 }), [6]),
        NEVER,
      ),
    );
    await listen(Unnamed, async (url) => {
      expect(await readWire(url, /\[6\]\n\n/)).to.equal(
        `retry: 3000\n\n${row(1)}${row(2)}${row(3)}id: x\ndata: 4\n\nid:\ndata: b\n\ndata: 5\n\ndata: [6]\n\n`,
      );
    });
  });

  for (const [where, request] of [
    ['header', (url: string) => openStream(url, { headers: { 'last-event-id': '2' } })],
    ['query', (url: string) => openStream(`${url}/?lastEventId=2`)],
  ] as const) {
    it(`passes the id of the ${where} to the program, which continues after it, without a gap`, async () => {
      await listen(
        sse(ownIds, (context) => concat(rows(context), NEVER)),
        async (url) => {
          const stream = await request(url);
          expect(await stream.until(/"key":3\}\n\n/)).to.equal(`retry: 3000\n\n${row(3)}`);
          expect(stream.headers).to.not.have.property('rxsse-resume');
          stream.close();
        },
      );
    });
  }

  it('announces the end, so that a reader that reconnects receives 204', async () => {
    await listen(sse(ownIds, rows), async (url) => {
      const text = await (await openStream(url, { headers: { 'last-event-id': '3' } })).ended();
      const [, end = ''] = /^retry: 3000\n\nid: (\S+~)\nevent: rxsse\.end\ndata: null\n\n$/.exec(text) ?? [];
      expect((await openStream(url, { headers: { 'last-event-id': end } })).status).to.equal(204);
    });
  });

  for (const [wire, end] of [
    [{ end: 'none' }, /^retry: 3000\n\nid: 1.*id: 3\nevent: order\ndata: \{"key":3\}\n\n$/s],
    [{ control: 'ids' }, /^retry: 3000\n\nid: 1.*data: \{"key":3\}\n\n$/s],
    [{ control: 'ids', end: message({ text: '[DONE]' }) }, /\n\nid: 1\.\S+~\ndata: \[DONE\]\n\n$/],
    ['data-only', /^id: 1\n.*data: \{"key":3\}\n\n$/s],
    [{ control: 'none', end: message({ text: '[DONE]' }) }, /\}\n\ndata: \[DONE\]\n\n$/],
  ] as const) {
    it(`ends by the wire ${JSON.stringify(wire)}`, async () => {
      await listen(sse({ ...ownIds, wire }, rows), async (url) => {
        expect(await (await openStream(url)).ended()).to.match(end);
      });
    });
  }

  it('counts its events', async () => {
    const counts: number[] = [];
    const route = sse({ ...ownIds, onClose: (_reason, { events: sent }) => void counts.push(sent) }, rows);
    await listen(route, async (url) => {
      await (await openStream(url)).ended();
      expect(counts).to.deep.equal([3]);
    });
  });

  it('is rejected for a feed, mounted or returned, which has its own positions', async () => {
    const orders = feed(Orders);
    expect(() => sse(ownIds, orders)).to.throw(TypeError, 'a feed has positions and resumes');
    for (const route of [sse(ownIds, () => orders), sse(ownIds, (context) => orders.read(context))]) {
      const errors: unknown[] = [];
      const app = (request: never, response: never) =>
        route(request, response, (error) => {
          errors.push(error);
          (response as { end(): void }).end();
        });
      await listen(app as never, async (url) => {
        await (await openStream(url)).ended();
        expect(String(errors)).to.include('a feed has positions and resumes');
      });
    }
  });

  it("is rejected with overflow: 'drop-oldest', whose gap needs positions", () => {
    expect(() => sse({ resume: 'own-ids', overflow: 'drop-oldest' }, NEVER)).to.throw(
      TypeError,
      "overflow 'drop-oldest'",
    );
  });

  it('is the only string that resume accepts', () => {
    expect(() => sse({ resume: 'own' as never }, NEVER)).to.throw(
      TypeError,
      "sse: resume must be 'own-ids', true, false or an object, got string",
    );
  });
});

describe('withId', () => {
  it('returns another event with the same type and data, which compares and prints as one', () => {
    const order = Orders.Order({ key: 1 });
    const identified: EventOf<typeof Orders> = withId(order, '7');
    expect(identified).to.deep.equal(order);
    expect(identified).to.not.equal(order);
    expect(JSON.stringify(identified)).to.equal('{"type":"order","data":{"key":1}}');
  });

  for (const id of ['a\nb', 'a\rb', 'a\0b', 5 as never]) {
    it(`throws for the id ${JSON.stringify(id)}`, () => {
      expect(() => withId(Orders.Order({ key: 1 }), id)).to.throw(TypeError, 'withId: id must');
    });
  }

  it('throws for a value that is not an event', () => {
    expect(() => withId(5 as never, '1')).to.throw(TypeError, 'got number');
  });

  it('is sent by the contract for a plain event, and checked', async () => {
    await listen(sse(ownIds, of(withId({ type: 'order', data: { key: 1 } }, '1'))), async (url) => {
      expect(await (await openStream(url)).ended()).to.include(row(1));
    });
  });
});

describe('an id of its own, in a stream that the route numbers', () => {
  for (const [what, value] of [
    ['a frame', message({ id: '7', data: 1 })],
    ['an event', withId(Orders.Order({ key: 7 }), '7')],
  ] as const) {
    for (const resume of [false, { linger: 1000 }]) {
      it(`of ${what} is passed to onError as an error, and is not sent, with resume: ${JSON.stringify(resume)}`, async () => {
        const errors: string[] = [];
        const onError = (error: unknown) => {
          errors.push(String(error));
          return 'end' as const;
        };
        const values = concat(of(1), timer(0).pipe(map(() => value)));
        await listen(
          sse({ resume, onError }, () => values),
          async (url) => {
            expect(await (await openStream(url)).ended()).to.not.include('id: 7');
            expect(errors).to.have.length(1);
            expect(errors[0]).to.include("use resume: 'own-ids'");
          },
        );
      });
    }

    it(`of ${what} cannot be published to a feed`, async () => {
      const orders = feed(Orders);
      const error = await orders.publish(value as never).then(String, String);
      expect(error).to.include('an event has an id of its own');
    });
  }
});
