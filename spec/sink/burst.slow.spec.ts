import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, finalize, from, NEVER, range, throwError } from 'rxjs';
import { events, LimitError, sse } from '../../lib/index.ts';
import { withMuteReader } from '../http/slow/mute.ts';
import { turn, watched } from '../http/slow/watched.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Rows = events({ Row: { key: t.number, text: t.string } });
const rows = Array.from({ length: 20_000 }, (_, key) => Rows.Row({ key, text: `row ${key}`.padEnd(60) }));
const keysIn = (text: string): number => text.match(/"key":\d+/g)?.length ?? 0;

/** Mounts a route, and answers errors before the first byte with their text. */
function withNext(route: ReturnType<typeof sse>, errors: unknown[] = []) {
  return (request: never, response: { statusCode: number; end(text: string): void }) =>
    route(request, response as never, (error) => {
      errors.push(error);
      response.statusCode = 500;
      response.end(String(error));
    });
}

describe('a synchronous burst at the subscription', () => {
  for (const [name, stream] of [
    ['and completes', from(rows)],
    ['and stays open', concat(from(rows), NEVER)],
  ] as const) {
    it(`of 20,000 events is sent completely, when the stream emits it ${name}`, async () => {
      await listen(sse({ events: Rows }, stream), async (url) => {
        const wire = await openStream(url);
        const text = await wire.until(/"key":19999/);
        wire.close();
        expect(keysIn(text)).to.equal(20_000);
      });
    });
  }

  for (const [queue, named] of [
    [{ maxBytes: 100_000 }, 'queue.maxBytes, 100000'],
    [{ maxEvents: 5 }, 'queue.maxEvents, 5'],
  ] as const) {
    it(`is an HTTP error above ${named}, which names the option and the alternative`, async () => {
      const errors: unknown[] = [];
      await listen(withNext(sse({ events: Rows, queue }, from(rows)), errors) as never, async (url) => {
        const wire = await openStream(url);
        expect(wire.status).to.equal(500);
        expect(await wire.ended())
          .to.include(named)
          .and.include('iterable');
        expect(errors[0]).to.be.instanceOf(LimitError).and.have.property('kind', 'reader-queue');
      });
    });
  }

  it('is bounded by 16 MiB by default, and then unsubscribed from', async () => {
    let emitted = 0;
    const endless = new (class {
      *[Symbol.iterator]() {
        for (;;) {
          emitted++;
          yield 'x'.repeat(64 * 1024);
        }
      }
    })();
    await listen(withNext(sse(from(endless))) as never, async (url) => {
      const wire = await openStream(url);
      expect(await wire.ended()).to.include('queue.maxBytes, 16777216');
      expect(emitted).to.be.within(250, 260);
    });
  });

  it('is not sent when the stream errors after it, so that the error is an HTTP error', async () => {
    const failing = concat(
      range(0, 50_000),
      throwError(() => new Error('no database')),
    );
    await listen(withNext(sse(failing)) as never, async (url) => {
      const wire = await openStream(url);
      expect([wire.status, await wire.ended()]).to.deep.equal([500, 'Error: no database']);
    });
  });

  it("loses its oldest waiting events with overflow: 'drop-oldest', and has a gap for them", async () => {
    const route = sse({ overflow: 'drop-oldest', queue: { maxEvents: 2 } }, range(0, 50_000));
    await listen(route, async (url) => {
      const text = await (await openStream(url)).ended();
      expect(text).to.match(/event: rxsse\.gap\n.*\n\nid: \S+\ndata: 49998\n\nid: \S+\ndata: 49999\n\nid: \S+~\n/);
      expect(text).to.match(/^retry: 3000\n\nid: \S+\.1\ndata: 0\n\n/);
    });
  });
});

describe('a synchronous burst of the stream of a run', () => {
  it('is sent completely when its log has space, for any number of events', async () => {
    await listen(sse({ resume: { linger: 0 } }, () => range(0, 12_000)) as never, async (url) => {
      const text = await (await openStream(url)).ended();
      const found = [...text.matchAll(/^data: (\d+)$/gm)].map(([, n]) => Number(n));
      expect(found).to.deep.equal(Array.from({ length: 12_000 }, (_, n) => n));
    });
  });

  for (const maxHeadDelay of [0, 50]) {
    it(`is an HTTP error when its log has no space, with maxHeadDelay ${maxHeadDelay}, and its stream is unsubscribed from`, async () => {
      const errors: unknown[] = [];
      let left = 0;
      const endless = concat(range(0, 200_000), NEVER).pipe(finalize(() => left++));
      const route = sse({ resume: true, maxHeadDelay }, () => endless);
      await listen(withNext(route as never, errors) as never, async (url) => {
        const wire = await openStream(url);
        expect(wire.status).to.equal(500);
        expect(await wire.ended())
          .to.include('resume.log')
          .and.include('iterable');
        expect(errors[0]).to.be.instanceOf(LimitError).and.have.property('subject', 'resume.log');
        expect(left).to.equal(1);
      });
    });
  }
});

describe('an iterable', () => {
  const numbers = [1, 2, 3];
  for (const [name, route] of [
    ['an array', sse(numbers)],
    ['a set', sse(new Set(numbers))],
    [
      'a generator that each request creates',
      sse(function* () {
        yield* numbers;
      }),
    ],
    [
      'an array under a contract',
      sse(
        { events: Rows },
        numbers.map((key) => Rows.Row({ key, text: '' })),
      ),
    ],
    ['an array of a run', sse({ resume: { linger: 1000 } }, () => numbers)],
  ] as const) {
    it(`that is ${name} is sent in order, to each reader`, async () => {
      await listen(route as ReturnType<typeof sse>, async (url) => {
        for (let reader = 0; reader < 2; reader++) {
          const text = await (await openStream(url)).ended();
          const found = [...text.matchAll(/^data: (?:\{"key":)?(\d)/gm)].map(([, digit]) => Number(digit));
          expect(found).to.deep.equal(numbers);
        }
      });
    });
  }

  for (const [what, count, size] of [
    ['200,000 events', 200_000, 1],
    ['50 MB', 500, 100_000],
  ] as const) {
    for (const reader of ['fast', 'slow'] as const) {
      it(`of ${what} is received completely by a ${reader} reader`, async () => {
        const text = 'x'.repeat(size);
        function* many() {
          for (let n = 0; n < count; n++) yield `${n} ${text}`;
        }
        await listen(sse(many), async (url) => {
          const response = await fetch(url);
          let found = 0;
          let rest = '';
          for await (const chunk of response.body ?? []) {
            if (reader === 'slow') await turn();
            const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) {
              if (!line.startsWith('data: "')) continue;
              expect(line.length).to.equal(`data: "${found} ${text}"`.length);
              expect(line.startsWith(`data: "${found} x`)).to.equal(true);
              found++;
            }
          }
          expect(found).to.equal(count);
        });
      });
    }
  }

  it('is pulled at the pace of its socket', async () => {
    let pulled = 0;
    const text = 'x'.repeat(10_000);
    function* endless() {
      for (;;) {
        pulled++;
        yield text;
      }
    }
    const { listener, responses } = watched((request, response) => sse(endless)(request, response));
    await listen(listener, async (url) => {
      await withMuteReader(url, async () => {
        for (let still = 0, last = -1; still < 50; still = pulled === last ? still + 1 : 0, last = pulled) await turn();
      });
      expect(pulled).to.be.above(1);
      expect(responses[0]?.writableLength).to.be.within(1, 200_000);
    });
  });

  it('cannot be a string', () => {
    expect(() => sse('text' as never)).to.throw(TypeError, 'got string');
  });
});
