import { expect } from 'chai';
import { type EventLog, memoryLog } from 'rxsse';
import {
  type ResumableStreamStoreOptions,
  resumableStreamStore,
  type StreamLease,
  type StreamStore,
} from 'rxsse/agents';
import { StreamFailedError } from 'rxsse/client';
import { freshFolder } from '../log/lmdb/folder.ts';
import { atTimes } from '../support/atTimes.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const unsignalled = new AbortController().signal;

/** Reads the chunks after a cursor to the end. An error is the last item. */
async function readAll(store: StreamStore, id: string, cursor = '', signal = unsignalled): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const { chunk } of store.read(id, cursor, signal)) all.push([...chunk]);
  } catch (error) {
    all.push((error as Error).message);
  }
  return all;
}
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error) => error,
  );

const failed = new StreamFailedError().message;

describe('resumableStreamStore', () => {
  const folder = freshFolder();
  const logs: Readonly<Record<string, () => ResumableStreamStoreOptions>> = {
    'logs in memory': () => ({}),
    'logs in a file': () => ({ log: (name) => folder.open({ name }) }),
  };

  for (const [name, optionsOf] of Object.entries(logs)) {
    describe(`with ${name}`, () => {
      let store: StreamStore;
      beforeEach(() => {
        store = resumableStreamStore(optionsOf());
      });

      it('elects one producer, also of those that acquire at once, and none after the end', async () => {
        const roles = await Promise.all(Array.from({ length: 5 }, () => store.acquire('a')));
        expect(roles.filter((role) => role === 'producer')).to.have.length(1);
        await store.append('a', bytes(1));
        expect(await store.finalize('a', 'done')).to.equal(true);
        expect(await store.acquire('a')).to.equal('consumer');
      });

      it('returns each chunk as it was, after any cursor, and follows the stream until its end', async () => {
        await store.acquire('a');
        const chunks = [bytes(), bytes(0, 13, 10, 255), bytes(...new TextEncoder().encode('data: 👋\r\n\r\n'))];
        await store.append('a', chunks[0] as Uint8Array);
        const cursors: string[] = [];
        const reading = (async () => {
          const all: number[][] = [];
          for await (const { cursor, chunk } of store.read('a', '', unsignalled)) {
            cursors.push(cursor);
            all.push([...chunk]);
          }
          return all;
        })();
        for (const chunk of chunks.slice(1)) await store.append('a', chunk);
        await store.finalize('a', 'done');
        const all = chunks.map((chunk) => [...chunk]);
        expect(await reading).to.deep.equal(all);
        for (const [index, cursor] of cursors.entries()) {
          expect(await readAll(store, 'a', cursor)).to.deep.equal(all.slice(index + 1));
        }
      });

      it('ends readers with the error of the stream', async () => {
        await store.acquire('a');
        await store.append('a', bytes(1));
        expect(await store.finalize('a', 'error', 'no model')).to.equal(true);
        expect(await readAll(store, 'a')).to.deep.equal([[1], 'no model']);
        expect(await store.status('a')).to.equal('error');
      });

      it('has the states missing, streaming and done', async () => {
        expect(await store.status('a')).to.equal('missing');
        await store.acquire('a');
        expect(await store.status('a')).to.equal('streaming');
        await store.append('a', bytes(1));
        await store.finalize('a', 'done');
        expect(await store.status('a')).to.equal('done');
        await store.delete('a');
        expect(await store.status('a')).to.equal('missing');
      });

      it('refuses chunks after the end, and finalizes once', async () => {
        await store.acquire('a');
        await store.finalize('a', 'done');
        expect(await errorOf(store.append('a', bytes(1)))).to.have.property('code', 'finalized');
        expect(await store.finalize('a', 'error')).to.equal(false);
        expect(await store.status('a')).to.equal('done');
      });

      it('rejects what is done with a stream that does not exist, and stores nothing for it', async () => {
        for (const work of [store.append('a', bytes(1)), store.finalize('a', 'done')]) {
          expect(await errorOf(work))
            .to.be.an('error')
            .with.property('message')
            .that.contains('not found');
        }
        expect(await readAll(store, 'a')).to.deep.equal(['Stream not found: a']);
        await store.delete('a');
        expect(await store.status('a')).to.equal('missing');
      });

      it('fences a producer whose stream was deleted and acquired again, and ends the readers of the deleted one', async () => {
        const first = await store.acquireLease('a');
        if (first.role !== 'producer') throw new Error('expected the producer');
        await store.append('a', bytes(1), first.lease);
        const reading = readAll(store, 'a');
        await store.delete('a');
        expect(await reading).to.deep.equal([[1]]);
        const second = await store.acquireLease('a');
        if (second.role !== 'producer') throw new Error('expected the producer');
        expect(await errorOf(store.append('a', bytes(2), first.lease))).to.have.property('code', 'missing');
        expect(await store.finalize('a', 'done', undefined, first.lease)).to.equal(false);
        await store.append('a', bytes(3), second.lease);
        expect(await store.finalize('a', 'done', undefined, second.lease)).to.equal(true);
        expect(await readAll(store, 'a')).to.deep.equal([[3]]);
      });

      it('ends a reader without an error when its signal is aborted', async () => {
        await store.acquire('a');
        await store.append('a', bytes(1));
        const abort = new AbortController();
        const reading = store.read('a', '', abort.signal)[Symbol.asyncIterator]();
        await reading.next();
        const next = reading.next();
        abort.abort();
        expect(await next).to.deep.equal({ done: true, value: undefined });
        await store.finalize('a', 'done');
      });

      it('lets a stream be acquired again to which nothing was appended for ttlMs, and ends its producer and readers', () =>
        atTimes(async (advance) => {
          const first = await store.acquireLease('a', { ttlMs: 60_000 });
          if (first.role !== 'producer') throw new Error('expected the producer');
          await store.append('a', bytes(1), first.lease);
          const reading = readAll(store, 'a');
          advance(59_000);
          expect([await store.status('a'), await store.acquire('a')]).to.deep.equal(['streaming', 'consumer']);
          advance(16_001);
          expect(await store.status('a')).to.equal('missing');
          expect(await readAll(store, 'a')).to.deep.equal(['Stream not found: a']);
          expect(await store.acquire('a')).to.equal('producer');
          expect(await reading).to.deep.equal([[1], failed]);
          await store.append('a', bytes(3));
          expect(await errorOf(store.append('a', bytes(2), first.lease))).to.have.property('code', 'missing');
          expect(await store.finalize('a', 'done', undefined, first.lease)).to.equal(false);
          expect(await store.finalize('a', 'done')).to.equal(true);
          expect(await readAll(store, 'a')).to.deep.equal([[3]]);
        }));

      it('counts ttlMs from the last chunk, and from the end', () =>
        atTimes(async (advance) => {
          await store.acquire('a', { ttlMs: 60_000 });
          for (const n of [1, 2, 3]) {
            advance(59_000);
            await store.append('a', bytes(n));
          }
          advance(59_000);
          expect(await store.finalize('a', 'done')).to.equal(true);
          advance(59_000);
          expect(await readAll(store, 'a')).to.deep.equal([[1], [2], [3]]);
          advance(16_001);
          expect(await store.status('a')).to.equal('missing');
        }));

      it('refuses a chunk after ttlMs, and ends the reader that waits for it', () =>
        atTimes(async (advance) => {
          const acquired = await store.acquireLease('a', { ttlMs: 60_000 });
          if (acquired.role !== 'producer') throw new Error('expected the producer');
          await store.append('a', bytes(1), acquired.lease);
          const reading = store.read('a', '', unsignalled)[Symbol.asyncIterator]();
          await reading.next();
          const next = errorOf(reading.next());
          advance(75_001);
          expect(await errorOf(store.append('a', bytes(2)))).to.have.property('message', 'Stream not found: a');
          expect(await errorOf(store.append('a', bytes(2), acquired.lease))).to.have.property('code', 'missing');
          expect(await next).to.be.instanceOf(StreamFailedError);
        }));

      it('deletes a stream that is renewed at the same time', () =>
        atTimes(async (advance) => {
          await store.acquire('a', { ttlMs: 60_000 });
          await store.append('a', bytes(1));
          advance(30_000);
          await Promise.allSettled([store.append('a', bytes(2)), store.delete('a')]);
          expect(await store.status('a')).to.equal('missing');
        }));
    });
  }

  it('rejects a ttlMs that is not above 0, and acquires nothing', async () => {
    const store = resumableStreamStore();
    for (const ttlMs of [0, -1, Number.NaN]) {
      expect(await errorOf(store.acquire('a', { ttlMs }))).to.be.instanceOf(RangeError, `${ttlMs}`);
    }
    expect(await errorOf(store.acquire('a', { ttlMs: '1' as never }))).to.be.instanceOf(TypeError);
    expect(await store.acquire('a', { ttlMs: Infinity })).to.equal('producer');
  });

  describe('closes each log', () => {
    let open = 0;
    const tracked = (name: string) => {
      const log = folder.open({ name });
      const close = log.close.bind(log);
      open++;
      return Object.assign(log, {
        close: () => {
          open--;
          close();
        },
      });
    };
    let store: StreamStore;
    beforeEach(() => {
      open = 0;
      store = resumableStreamStore({ log: tracked });
    });

    it('of a stream that is finalized, or deleted', async () => {
      for (const id of ['a', 'b']) {
        await store.acquire(id);
        await store.append(id, bytes(1));
      }
      await store.finalize('a', 'done');
      await store.delete('b');
      expect(open).to.equal(0);
    });

    it('of a producer whose stream another process has deleted, when it appends, and when it finalizes', async () => {
      for (const [id, work] of [
        ['a', (lease: StreamLease) => store.append('a', bytes(2), lease)],
        ['b', (lease: StreamLease) => store.finalize('b', 'done', undefined, lease)],
      ] as const) {
        const acquired = await store.acquireLease(id);
        if (acquired.role !== 'producer') throw new Error('expected the producer');
        await store.append(id, bytes(1), acquired.lease);
        await resumableStreamStore({ log: (name) => folder.open({ name }) }).delete(id);
        await work(acquired.lease).catch(() => {});
        expect(open, id).to.equal(0);
      }
    });
  });

  it('deletes a stream whose producer renews it first', async () => {
    const store = resumableStreamStore({
      log: () => {
        const log = memoryLog();
        const append = log.append.bind(log);
        let newest = '';
        return Object.assign(log, {
          append: (...[entries, options]: Parameters<EventLog['append']>) => {
            const [{ data = '' } = {}] = entries;
            const renewal = newest;
            newest = '';
            if (data !== '') newest = data;
            else if (renewal !== '') append([{ event: undefined, data: renewal, retry: undefined }], options);
            return append(entries, options);
          },
        });
      },
    });
    await store.acquire('a');
    await store.delete('a');
    expect(await store.status('a')).to.equal('missing');
  });

  it('closes the chunks in memory of a stream that is deleted, and of one that is replaced', () =>
    atTimes(async (advance) => {
      const closed: string[] = [];
      const store = resumableStreamStore({
        log: (name) => {
          const log = memoryLog();
          return Object.assign(log, { close: () => closed.push(name.split('/')[0] as string) });
        },
      });
      for (const id of ['deleted', 'replaced']) {
        await store.acquire(id, { ttlMs: 60_000 });
        await store.append(id, bytes(1));
      }
      await store.delete('deleted');
      advance(75_001);
      await store.acquire('replaced');
      expect(closed).to.deep.equal(['deleted', 'replaced']);
    }));

  it('refuses options of a wrong type', () => {
    expect(() => resumableStreamStore({ log: 1 as never })).to.throw(TypeError, 'log');
  });
});
