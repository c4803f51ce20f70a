import { expect } from 'chai';
import { map } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { fromReadable } from '../../lib/source/fromReadable.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withMuteReader } from '../http/slow/mute.ts';
import { turn, watched } from '../http/slow/watched.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

const text = 'x'.repeat(10_000);

describe('fromReadable, passed to sse', () => {
  it('requests nothing while the socket is full, and continues after drain', async () => {
    let requests = 0;
    const endless = fromReadable(async function* () {
      for (;;) {
        requests++;
        yield text;
      }
    });
    const { listener, responses } = watched((request, response) => sse(endless)(request, response));
    await listen(listener, async (url) => {
      const before = await withMuteReader(url, async () => {
        // The source waits when nothing has been requested for many turns.
        for (let still = 0, last = -1; still < 50; still = requests === last ? still + 1 : 0, last = requests)
          await turn();
        return requests;
      });
      expect(before).to.be.above(1);
      expect(responses[0]?.writableLength).to.be.within(1, 200_000);

      const wire = await openStream(url);
      while (wire.text().length < 30_000_000) await turn();
      wire.close();
    });
  });

  it('has no backpressure after `pipe`, and a reader that is too slow is disconnected', async () => {
    const cut = deferred<string>();
    const endless = fromReadable(async function* () {
      for (;;) yield text;
    });
    const route = sse({ onClose: (reason: string) => cut.resolve(reason) }, endless.pipe(map((value) => value)));
    await listen(route, (url) => withMuteReader(url, async () => expect(await cut.promise).to.equal('overflow')));
  });

  it('cancels its source in the turn in which its reader disconnects, while a read is pending', async () => {
    const closed = deferred<boolean>();
    let signal: AbortSignal | undefined;
    const silent = fromReadable((ownSignal) => {
      signal = ownSignal;
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    });
    // The hook is called while the connection closes, after the unsubscription from the stream.
    const route = sse({ onClose: () => queueMicrotask(() => closed.resolve(signal?.aborted ?? false)) }, silent);
    await listen(route, async (url) => {
      await readWire(url, /retry: 3000\n\n/);
      expect(await closed.promise).to.equal(true);
    });
  });

  it('is read once and to its end in a run', async () => {
    const numbers = fromReadable(async function* () {
      for (let n = 0; n < 200; n++) yield n;
    });
    for (const route of [sse(numbers), sse({ resume: true }, () => numbers)]) {
      await listen(route, async (url) => {
        const wire = await (await openStream(url)).ended();
        const data = [...wire.matchAll(/^data: (\d+)$/gm)].map(([, n]) => Number(n));
        expect(data).to.deep.equal(Array.from({ length: 200 }, (_, n) => n));
      });
    }
  });

  it(
    'is an HTTP error when its factory throws',
    marbles(({ reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const r = reader(
        sse(
          fromReadable(() => {
            throw new Error('secret');
          }),
        ),
        { next: false },
      );
      flush();
      expect(r.status).to.equal(500);
      expect(reported.map(({ where }) => where)).to.deep.equal(['sse GET /']);
      expect(r.text).not.to.include('secret');
    }),
  );
});
