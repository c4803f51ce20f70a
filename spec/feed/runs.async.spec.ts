import { expect } from 'chai';
import { of } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const idOf = (text: string) => /.*\nid: (\S+)|^id: (\S+)/s.exec(text)?.slice(1).find(Boolean) ?? '';

describe('a run whose stream is asynchronous', () => {
  it('is started by a handler that returns a promise', async () => {
    const route = sse({ resume: true }, async ({ request }) => of(`to ${request.url}`));
    await listen(route, async (url) => {
      const wire = await openStream(`${url}/x`);
      expect(wire.headers['rxsse-resume']).to.equal('live');
      expect(await wire.ended()).to.match(/rxsse\.position.*\ndata: "to \/x"\n\nid: \S+~\nevent: rxsse\.end/s);
    });
  });

  it('answers with the HTTP error of a handler that rejects', async () => {
    const route = sse({ resume: true }, () => Promise.reject(Object.assign(new Error('no'), { status: 502 })));
    await listen(route, async (url) => {
      expect((await openStream(url)).status).to.equal(502);
    });
  });

  it('continues to pull an async iterable while its reader is disconnected', async () => {
    const [gate, finished] = [deferred(), deferred()];
    let signal: AbortSignal | undefined;
    const route = sse({ resume: true }, (context) => {
      signal = context.signal;
      return words();
    });
    async function* words() {
      yield 'a';
      await gate.promise;
      yield 'b';
      yield 'c';
      finished.resolve();
    }
    await listen(route, async (url) => {
      const first = await openStream(url);
      const id = idOf(await first.until(/data: "a"\n\n/));
      first.close();
      gate.resolve();
      await finished.promise;
      expect(signal?.aborted).to.equal(false);
      const second = await openStream(url, { headers: { 'last-event-id': id } });
      const text = await second.ended();
      expect(text).to.include('"b"').and.to.include('"c"').and.not.to.include('"a"');
      expect(second.headers['rxsse-resume']).to.equal('exact');
    });
  });

  it('calls return() of an iterable and aborts its signal when no reader reconnects', async () => {
    const returned = deferred();
    const aborted = deferred();
    const route = sse({ resume: { linger: 0 } }, ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return words();
    });
    async function* words() {
      try {
        yield 'a';
        await aborted.promise;
        yield 'b';
      } finally {
        returned.resolve();
      }
    }
    await listen(route, async (url) => {
      const wire = await openStream(url);
      await wire.until(/"a"/);
      wire.close();
      await returned.promise;
    });
  });

  it('does not block the event loop with an iterable that always has a next value', async () => {
    async function* numbers() {
      for (let n = 0; ; n++) yield n;
    }
    const route = sse({ resume: { linger: 0 } }, () => numbers());
    await listen(route, async (url) => {
      const wire = await openStream(url);
      await wire.until(/data: 1000\n/);
      wire.close();
    });
  });
});
