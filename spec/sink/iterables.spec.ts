import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { observable } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withMuteReader } from '../http/slow/mute.ts';
import { turn, watched } from '../http/slow/watched.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';
import { waitingStreams } from '../support/waitingStreams.ts';

/** Promises do not run in virtual time, so most of this is over HTTP. */
const iterableOf = (iterator: Partial<AsyncIterator<unknown>>): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown>,
});

const dataOf = (text: string): readonly string[] => [...text.matchAll(/^data: (\d+)$/gm)].map(([, n = '']) => n);

describe('an async iterable', () => {
  it('is sent to its end, in order, without a turn between values that it already has', async () => {
    async function* numbers() {
      for (let n = 0; n < 1000; n++) yield n;
    }
    await listen(sse(numbers), async (url) => {
      const text = await (await openStream(url)).ended();
      expect(dataOf(text)).to.deep.equal(Array.from({ length: 1000 }, (_, n) => String(n)));
      expect(text).to.match(/event: rxsse\.end\ndata: null\n\n$/);
    });
  });

  /** More than is read in some turns; with an end, so that a loop without turns fails and does not hang. */
  const many = 1_000_000;

  for (const [what, endless] of [
    [
      'a generator',
      function* () {
        for (let n = 0; n < many; n++) yield n;
      },
    ],
    [
      'an async generator that awaits nothing',
      async function* () {
        for (let n = 0; n < many; n++) yield n;
      },
    ],
  ] as const) {
    it(`leaves the event loop its turns while a reader takes all that ${what} has`, async () => {
      // Each chunk is taken, as by a reader that is faster than the server.
      const { listener, responses } = watched((request, response) =>
        sse(() => endless() as Iterable<number>)(request, response),
      );
      await listen(listener, async (url) => {
        const stream = await openStream(url);
        await stream.until(/data: 1000\n/);
        const response = responses[0] as ServerResponse;
        response.write = () => true;
        for (let n = 0; n < 20; n++) await turn();
        expect(response.writableEnded).to.equal(false);
        stream.close();
      });
    });
  }

  it('is refused by a route when it is a generator, which only its first reader would read', () => {
    const expected = /^sse: a generator can be read once.*sse\(\(\) => generate\(\)\)$/;
    async function* generate() {
      yield 1;
    }
    expect(() => sse(generate())).to.throw(TypeError, expected);
    expect(() => sse({}, [1].values())).to.throw(TypeError, expected);
    expect(() => sse([1])).not.to.throw();
    expect(() => sse(ReadableStream.from([1]))).not.to.throw();
  });

  it('is created for each reader when the route creates it', async () => {
    let made = 0;
    async function* once() {
      yield made++;
    }
    await listen(sse(once), async (url) => {
      expect(dataOf(await (await openStream(url)).ended())).to.deep.equal(['0']);
      expect(dataOf(await (await openStream(url)).ended())).to.deep.equal(['1']);
    });
  });

  it('is not pulled while the socket is full, and continues when it has drained', async () => {
    let pulled = 0;
    const text = 'x'.repeat(10_000);
    async function* endless() {
      for (;;) {
        pulled++;
        yield text;
      }
    }
    const { listener, responses } = watched((request, response) => sse(endless)(request, response));
    await listen(listener, async (url) => {
      const before = await withMuteReader(url, async () => {
        // The iterable is parked when nothing was pulled for many turns.
        for (let still = 0, last = -1; still < 50; still = pulled === last ? still + 1 : 0, last = pulled) await turn();
        return pulled;
      });
      // The bytes that the kernel accepts, and one burst in the process.
      expect(before).to.be.above(1);
      expect(responses[0]?.writableLength).to.be.within(1, 200_000);

      // This reader reads, so that more is pulled from its iterable than fits into any buffer.
      const wire = await openStream(url);
      while (wire.text().length < 30_000_000) await turn();
      wire.close();
    });
  });

  it('is returned from, and its signal aborted, when its reader disconnects, even while it is parked', async () => {
    const [returned, aborted] = [deferred(), deferred()];
    const route = sse(({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return iterableOf({
        next: () => new Promise(() => {}),
        return: () => {
          returned.resolve();
          return Promise.resolve({ done: true, value: undefined });
        },
      });
    });
    await listen(route, async (url) => {
      await readWire(url, /retry: 3000\n\n/);
      await Promise.all([returned.promise, aborted.promise]);
    });
  });

  for (const [kind, create] of Object.entries(waitingStreams)) {
    it(`is released when it is ${kind} and its reader disconnects while a value is awaited`, async () => {
      const { stream, released } = create();
      await listen(
        sse(() => stream),
        async (url) => {
          await readWire(url, /retry: 3000\n\n/);
          await released.promise;
        },
      );
    });
  }

  it('is not returned from when it has ended or failed', async () => {
    let returned = 0;
    const leave = () => {
      returned++;
      return Promise.resolve({ done: true as const, value: undefined });
    };
    const ended = iterableOf({ next: () => Promise.resolve({ done: true, value: 'not sent' }), return: leave });
    const failed = iterableOf({ next: () => Promise.reject(new Error('secret')), return: leave });
    await listen(sse(ended), async (url) => {
      expect(await (await openStream(url)).ended()).not.to.include('not sent');
    });
    await listen(sse(failed), async (url) => {
      expect(await (await openStream(url)).over()).to.equal('retry: 3000\n\n');
    });
    expect(returned).to.equal(0);
  });

  it('can have no `return`, and then leaves nothing subscribed', async () => {
    const left = deferred();
    const answer = deferred<IteratorResult<unknown>>();
    let requested = 0;
    const route = sse(({ signal }) => {
      signal.addEventListener('abort', () => left.resolve());
      return iterableOf({
        next: () => {
          requested++;
          return requested === 1 ? Promise.resolve({ value: 1 }) : answer.promise;
        },
      });
    });
    await listen(route, async (url) => {
      await readWire(url, /data: 1\n\n/);
      await left.promise;
      answer.resolve({ value: 2 });
      await turn();
      // A late value is not sent, and nothing more is pulled.
      expect(requested).to.equal(2);
    });
  });

  it('whose `next` rejects after events is an error of the stream, which is not shown to the client', async () => {
    const errors: unknown[] = [];
    async function* failing() {
      yield 1;
      throw new Error('secret');
    }
    const route = sse({ onError: (error: unknown) => void errors.push(String(error)) }, failing);
    await listen(route, async (url) => {
      const text = await (await openStream(url)).over();
      expect(dataOf(text)).to.deep.equal(['1']);
      expect(text).not.to.include('secret');
    });
    expect(errors).to.deep.equal(['Error: secret']);
  });

  it('whose `next` throws within the stream is an error of the stream', async () => {
    const errors: unknown[] = [];
    let requests = 0;
    const failing = iterableOf({
      next: () => {
        if (requests++ === 0) return Promise.resolve({ value: 1 });
        throw new Error('secret');
      },
    });
    const route = sse({ onError: (error: unknown) => void errors.push(String(error)) }, failing);
    await listen(route, async (url) => {
      expect(dataOf(await (await openStream(url)).over())).to.deep.equal(['1']);
    });
    expect(errors).to.deep.equal(['Error: secret']);
  });

  const early: Record<string, AsyncIterable<unknown>> = {
    'whose `next` throws at once': iterableOf({
      next: () => {
        throw new Error('secret');
      },
    }),
    'that cannot be iterated': {
      [Symbol.asyncIterator]: () => {
        throw new Error('secret');
      },
    },
    'whose iterator is none': { [Symbol.asyncIterator]: () => undefined as never },
  };
  for (const [what, iterable] of Object.entries(early)) {
    it(
      `${what} is an HTTP error`,
      marbles(({ reader, flush, reportedErrors }) => {
        const reported = reportedErrors();
        const errors: unknown[] = [];
        const r = reader(sse({ onError: (error: unknown) => void errors.push(error) }, iterable));
        const plain = reader(sse(iterable), { next: false });
        flush();
        expect([r.status, plain.status]).to.deep.equal([500, 500]);
        expect(r.error).to.be.instanceOf(Error);
        expect(plain.text).not.to.include('secret');
        // The other error was passed to next.
        expect(reported.map(({ where }) => where)).to.deep.equal(['sse GET /']);
        expect([errors, r.listeners, plain.listeners]).to.deep.equal([[], 0, 0]);
      }),
    );
  }

  it('is subscribed to as an Observable when it is both', async () => {
    const both = {
      ...iterableOf({ next: () => Promise.reject(new Error('not this way')) }),
      [observable]: () => ({
        subscribe: (observer: { next(value: unknown): void; complete(): void }) => {
          observer.next(7);
          observer.complete();
          return { unsubscribe: () => {} };
        },
      }),
    };
    await listen(sse(both as never), async (url) => {
      expect(dataOf(await (await openStream(url)).ended())).to.deep.equal(['7']);
    });
  });
});
