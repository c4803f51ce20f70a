import { expect } from 'chai';
import { finalize, Subject } from 'rxjs';
import { type SseRequest, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { fetchOver } from '../support/http2.ts';
import { inFrontOf, listen } from '../support/listen.ts';
import { openStream, type Wire } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { headerOf, servers } from './servers.ts';
import { shown, Ticks } from './ticks.ts';

const { Tick } = Ticks;
type Tick = ReturnType<typeof Tick>;

/** Creates a stream for each request, into which the spec emits, and records the unsubscriptions. */
function answers() {
  const made: Subject<Tick>[] = [];
  const left: number[] = [];
  const make = () => {
    const stream = new Subject<Tick>();
    const index = made.push(stream) - 1;
    return stream.pipe(finalize(() => left.push(index)));
  };
  return { made, left, make };
}

const whoIs = (request: SseRequest) => ({ user: headerOf(request, 'user') });

async function reported({ status, headers, ...wire }: Wire): Promise<unknown> {
  const text = shown(await wire.until(/data: 9\n\n/));
  wire.close();
  const { date, ...others } = headers;
  return { status, headers: others, text: text.replace(/"requested":"[^"]*"/, '"requested":"…"') };
}

for (const [name, mount] of Object.entries(servers)) {
  describe(`a run on ${name}`, () => {
    it('continues while its reader is disconnected, which receives what it missed', async () => {
      const { made, left, make } = answers();
      const { listener } = mount(sse({ events: Ticks, resume: true, retry: 1 }, make));
      await listen(listener, (url, server) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          made[0]?.next(Tick(1));
          await follower.until(({ seen }) => seen.includes('1'));
          server.closeAllConnections();
          made[0]?.next(Tick(2));
          await follower.until(({ seen }) => seen.includes('2'));
          made[0]?.next(Tick(3));
          made[0]?.complete();
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.seen).to.deep.equal(['1', '2', '3', 'end', 'closed']);
          expect(follower.attempts.map(({ resume }) => resume)).to.deep.equal(['live', 'exact', 'ended']);
          expect([made.length, left]).to.deep.equal([1, [0]]);
        }),
      );
    });

    it('that is unknown is answered with a gap, and another one starts', async () => {
      const { made, make } = answers();
      let { listener } = mount(sse({ events: Ticks, resume: true, retry: 1 }, make));
      await listen(
        inFrontOf(listener, (request, response) => listener(request, response)),
        (url, server) =>
          follow(url, async (follower) => {
            await follower.until(hasPosition);
            made[0]?.next(Tick(1));
            await follower.until(({ seen }) => seen.includes('1'));
            listener = mount(sse({ events: Ticks, resume: true, retry: 1 }, make)).listener;
            server.closeAllConnections();
            await follower.until(({ seen }) => seen.includes('gap epoch'));
            made[1]?.next(Tick(11));
            await follower.until(({ seen }) => seen.includes('11'));
            expect(follower.seen).to.deep.equal(['1', 'gap epoch', '11']);
            expect(follower.attempts.at(-1)?.resume).to.equal('gap;reason=epoch');
            const { requested, resumedFrom } = JSON.parse(follower.events[1]?.data);
            expect(requested).to.equal(follower.events[0]?.lastEventId);
            expect(shown(resumedFrom)).to.equal('1.E.0');
          }),
      );
    });

    it('is unsubscribed from after its linger, and is unknown from then on', async () => {
      const { made, left, make } = answers();
      const { listener } = mount(sse({ events: Ticks, resume: { linger: 0 }, retry: 1 }, make));
      await listen(listener, (url, server) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          server.closeAllConnections();
          await follower.until(({ seen }) => seen.includes('gap epoch'));
          expect([made.length, left]).to.deep.equal([2, [0]]);
        }),
      );
    });

    it('of another owner has the same response as an unknown one', async () => {
      const { made, left, make } = answers();
      const route = sse({ events: Ticks, state: whoIs, resume: { owner: ({ state }) => state.user } }, make);
      await listen(mount(route).listener, async (url) => {
        const own = await openStream(url, { headers: { user: 'ada' } });
        await own.until(/\n\n/);
        made[0]?.next(Tick(1));
        const [, cursor = ''] = /^id: (.*\.1)$/m.exec(await own.until(/data: 1\n\n/)) ?? [];
        const unknown = cursor.replace(/\.[\w-]+\./, '.aaaaaaaaaaaaaaaa.');

        const ask = async (user: string, requests: string) => {
          const before = made.length;
          const wire = await openStream(url, { headers: { user, 'Last-Event-ID': requests } });
          made[before]?.next(Tick(9));
          return reported(wire);
        };
        const foreign = await ask('eve', cursor);
        expect(foreign).to.deep.equal(await ask('eve', unknown));
        expect(foreign).to.have.nested.property('headers.rxsse-resume', 'gap;reason=epoch');

        // Only its owner resumes the same run.
        const again = await openStream(url, { headers: { user: 'ada', 'Last-Event-ID': cursor } });
        expect(again.headers['rxsse-resume']).to.equal('exact');
        made[0]?.next(Tick(2));
        expect(shown(await again.until(/tick.*\n\n/s))).to.match(/1\.E\.2\nevent: tick\ndata: 2\n\n$/);
        expect([made.length, left]).to.deep.equal([3, []]);
        again.close();
        own.close();
      });
    });

    it("that is unknown ends with gapPolicy: 'end': no run is started, and the next response is 204", async () => {
      const { left, made, make } = answers();
      const { listener } = mount(sse({ events: Ticks, resume: { gapPolicy: 'end' }, retry: 1 }, make));
      await listen(listener, (url) =>
        follow(`${url}/?lastEventId=1.another.3`, async (follower) => {
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.seen).to.deep.equal(['gap epoch', 'end', 'closed']);
          expect(follower.attempts.map(({ status }) => status)).to.deep.equal([200, 204]);
          expect([made.some(({ observed }) => observed), left]).to.deep.equal([false, []]);
        }),
      );
    });

    it('that has not started is aborted by its signal when its reader disconnects', async () => {
      const called = deferred();
      const aborted = deferred();
      const route = sse({ events: Ticks, resume: true }, ({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        called.resolve();
        return new Promise<never>(() => {});
      });
      await listen(mount(route).listener, async (url) => {
        const leaving = new AbortController();
        const response = fetchOver(url, { signal: leaving.signal }).catch(() => 'left');
        await called.promise;
        leaving.abort();
        await aborted.promise;
        expect(await response).to.equal('left');
      });
    });

    it('above maxRuns is rejected: an EventSource waits and reconnects, and a client receives Retry-After', async () => {
      const { made, left, make } = answers();
      const aborted: boolean[] = [];
      const route = sse({ events: Ticks, resume: { maxRuns: 1, linger: Infinity } }, ({ signal }) => {
        signal.addEventListener('abort', () => aborted.push(true));
        return make();
      });
      await listen(mount(route).listener, async (url) => {
        const first = await openStream(url);
        await first.until(/\n\n/);
        const refused = await openStream(url);
        expect([refused.status, refused.headers['rxsse-resume']]).to.deep.equal([200, 'refused']);
        expect(await refused.ended()).to.match(/^retry: \d{4,5}\n\n$/);
        const client = await openStream(url, { headers: { 'Rxsse-Client': '1' } });
        expect(client.status).to.equal(503);
        expect(Number(client.headers['retry-after'])).to.be.within(5, 10);
        // The route's function is called for the first request alone.
        expect([made.length, made.filter(({ observed }) => observed).length, left]).to.deep.equal([1, 1, []]);
        expect(aborted).to.deep.equal([]);
        first.close();
      });
    });
  });
}
