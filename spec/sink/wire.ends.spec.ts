import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, NEVER, timer } from 'rxjs';
import {
  connectionLimit,
  events,
  type Feed,
  feed,
  type SseContext,
  shutdown,
  sse,
  type WireOptions,
} from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { message } from '../../lib/wire/index.ts';
import { closing } from '../support/closing.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Words = events({ Word: t.string });
const done = message({ text: '[DONE]' });

describe('a connection that ends before its stream', () => {
  for (const [wire, isCut] of [
    ['rxsse', false],
    ['data-only', true],
    [{ control: 'ids' }, true],
    [{ control: 'ids', end: 'event' }, false],
    [{ control: 'none', end: done }, true],
    [{ control: 'events', end: 'none' }, true],
  ] as const) {
    it(
      `is ${isCut ? 'cut' : 'ended'} at its maxAge, with wire ${JSON.stringify(wire)}`,
      marbles(({ reader, flush }) => {
        const r = reader(sse({ wire, maxAge: 5 }, interval(2)));
        flush();
        expect([r.cutAt, r.endedAt].map((at) => at === undefined)).to.deep.equal([!isCut, isCut]);
        expect(r.frames.filter(({ frame }) => frame._tag === 'Message')).to.have.length(2);
      }),
    );

    it(`is ${isCut ? 'cut' : 'ended'} by a shutdown, with wire ${JSON.stringify(wire)}`, async () => {
      const route = sse({ wire, retry: 1000 }, NEVER);
      await listen(route, async (url) => {
        const stream = await openStream(url);
        await shutdown(route, { duration: 0, retry: [7, 7] });
        const text = await (isCut ? stream.over() : stream.ended());
        const hasRetry =
          wire !== 'data-only' && !('control' in Object(wire) && (wire as WireOptions).control === 'none');
        expect(text).to.equal(hasRetry ? 'retry: 1000\n\nretry: 7\n\n' : '');
      });
    });
  }
});

describe('a stream that failed, where the wire has no event for that', () => {
  for (const wire of [{ control: 'ids' }, { control: 'ids', end: done }, { control: 'events', end: 'none' }] as const) {
    it(
      `cuts its reader, and answers 410 when that has everything, so that it does not come again, with wire ${JSON.stringify(wire)}`,
      marbles(
        ({ cold, reader, flush }) => {
          const failing = cold('-a-#');
          const options = { wire, onError: () => undefined };
          const route = sse({ ...options, resume: { linger: 1000 } }, () => failing);
          const first = reader(route, { socket: '--X' });
          timer(10).subscribe(() => {
            const second = reader(route, { lastEventId: first.lastEventId });
            timer(1).subscribe(() => {
              expect([second.status, second.headers['rxsse-resume']]).to.deep.equal([410, 'ended']);
            });
            const behind = reader(route, { lastEventId: first.lastEventId.replace(/1$/, '0') });
            timer(1).subscribe(() => {
              expect([behind.status, behind.cutAt]).to.deep.equal([200, 10]);
              expect(behind.text).to.include('data: "a"');
            });
          });
          flush();
        },
        { until: '2s' },
      ),
    );
  }
});

describe('a feed that failed, where the wire has no event for that', () => {
  for (const [how, streamOf] of [
    ['mounted', (words: Feed<typeof Words>) => words],
    ['read through a pipeline', (words: Feed<typeof Words>) => (context: SseContext) => words.read(context)],
  ] as const) {
    it(
      `cuts its reader, and answers 410 when that has everything, ${how}`,
      marbles(({ cold, reader, flush }) => {
        const onError = (): undefined => undefined;
        const words = feed(Words, { source: cold('-a-#', { a: Words.Word('a') }), onError });
        const route = sse({ wire: { control: 'ids' }, onError }, streamOf(words) as never);
        const first = reader(route);
        timer(10).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => expect([second.status, second.listeners]).to.deep.equal([410, 0]));
        });
        flush();
        expect([first.cutAt, first.text.includes('data: "a"')]).to.deep.equal([3, true]);
        expect(words.readers).to.equal(0);
      }),
    );
  }
});

describe('a reader of a full server', () => {
  for (const [wire, status] of [
    ['rxsse', 200],
    ['data-only', 503],
    [{ control: 'ids' }, 200],
    [{ control: 'ids', retry: false }, 503],
  ] as const) {
    it(`receives ${status} with wire ${JSON.stringify(wire)}`, async () => {
      const route = sse({ wire, connectionLimit: connectionLimit({ maxConnections: 1 }) }, NEVER);
      await listen(route, async (url) => {
        const admitted = await openStream(url);
        await closing(
          async () => admitted.close(),
          async () => {
            const refused = await openStream(url);
            expect(refused.status).to.equal(status);
            expect('retry-after' in refused.headers).to.equal(status === 503);
            expect(await refused.ended()).to.match(status === 503 ? /^$/ : /^retry: \d+\n\n$/);
          },
        );
      });
    });
  }
});

describe('the heartbeat', () => {
  for (const [wire, expected] of [
    ['rxsse', /^retry: 3000\n\n:\n\n:\n\n/],
    [{ control: 'ids' }, /^retry: 3000\n\n:\n:\n/],
    ['data-only', /^:\n:\n/],
  ] as const) {
    it(`is a comment, without an empty line that a client might dispatch, with wire ${JSON.stringify(wire)}`, async () => {
      await listen(sse({ wire, heartbeat: 1 }, NEVER), async (url) => {
        const stream = await openStream(url);
        await stream.until(expected);
        stream.close();
      });
    });
  }
});

describe('a wire', () => {
  for (const [wire, text] of [
    ['rxs', "sse: wire must be 'rxsse', 'data-only' or an object, got 'rxs'"],
    [5, "sse: wire must be 'rxsse', 'data-only' or an object, got number"],
    [{ control: 'id' }, "sse: wire.control must be 'events', 'ids' or 'none', got 'id'"],
    [{ retry: 3000 }, 'sse: wire.retry must be true or false, got number'],
    [{ end: '[DONE]' }, "sse: wire.end must be 'event', 'none' or a frame made by message(...), got '[DONE]'"],
    [{ end: { data: '[DONE]' } }, "sse: wire.end must be 'event', 'none' or a frame made by message(...), got object"],
    [{ end: message({ id: '1', text: 'a' }) }, 'sse: wire.end has an id; leave it out, it gets the end cursor'],
    [{ gap: 'data' }, "sse: wire.gap must be 'event', 'none' or a function, got 'data'"],
  ] as const) {
    it(`throws at the creation of the route: ${text}`, () => {
      expect(() => sse({ wire: wire as never }, NEVER)).to.throw(TypeError, text);
    });
  }
});
