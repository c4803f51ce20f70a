import { expect } from 'chai';
import { finalize, NEVER } from 'rxjs';
import type { Snapshot } from '../../lib/feed/takeSnapshot.ts';
import { feed, memoryLog, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { fetchOver } from '../support/http2.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { servers } from './servers.ts';
import { publish, shown, Ticks } from './ticks.ts';

const { Tick } = Ticks;
type Tick = ReturnType<typeof Tick>;

for (const [name, mount] of Object.entries(servers)) {
  describe(`a snapshot on ${name}`, () => {
    it('replaces the missed events of a reader, and the stream continues after it', async () => {
      const ticks = feed(Ticks, { log: memoryLog({ maxEntries: 1 }) });
      let sum = 0;
      let cursor = '';
      const add = async (n: number) => {
        sum += n;
        cursor = await publish(ticks, n);
      };
      const requests: unknown[] = [];
      const route = sse(
        {
          events: Ticks,
          retry: 1,
          resume: {
            from: 'live',
            snapshot: (_context, missed) => {
              requests.push(missed);
              return { events: [Tick(sum)], cursor };
            },
          },
        },
        ticks,
      );
      await listen(mount(route).listener, (url, server) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          await add(1);
          await follower.until(({ seen }) => seen.includes('1'));
          server.closeAllConnections();
          for (const n of [2, 3, 4]) await add(n);
          await follower.until(({ seen }) => seen.includes('10'));
          server.closeAllConnections();
          await add(5);
          await follower.until(({ seen }) => seen.includes('5'));

          expect(follower.seen).to.deep.equal(['1', 'gap trimmed', '10', '5']);
          expect(follower.attempts.map(({ resume }) => resume)).to.deep.equal(['live', 'gap;reason=trimmed', 'exact']);
          const [tick, gap] = follower.events;
          // The connection that was closed may have been behind as well before its close arrived.
          expect(requests).to.deep.include({ reason: 'trimmed', requested: tick?.lastEventId });
          expect(shown(JSON.parse(gap?.data).resumedFrom)).to.equal('1.E.4');
        }),
      );
    });

    it('has no ids: a reader that is cut within it receives it again', async () => {
      const ticks = feed(Ticks);
      const cursor = await publish(ticks, 1, 2);
      const missed = () => ({ events: [Tick(10), Tick(20)], cursor });
      const route = sse({ events: Ticks, resume: { snapshot: missed }, retry: 1 }, ticks);
      await listen(mount(route).listener, async (url) => {
        const answer = await openStream(`${url}/?lastEventId=1.other.1`);
        publish(ticks, 3);
        const text = await answer.until(/data: 3\n\n/);
        answer.close();
        const snapshot = 'event: tick\ndata: 10\n\nevent: tick\ndata: 20\n\n';
        const [before = '', after = ''] = text.split(snapshot);
        expect(shown(after)).to.equal('id: 1.E.2\nevent: rxsse.position\ndata:\n\nid: 1.E.3\nevent: tick\ndata: 3\n\n');
        const ids = new Set([...before.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id));
        expect(before).to.match(
          /^id: .*\nevent: rxsse\.position\nretry: 1\ndata:\n\nid: .*\nevent: rxsse\.gap\ndata: .*\n\n$/,
        );
        // The cursor of its request, and that of the gap.
        expect(ids.size).to.equal(2);
        expect(ids).to.include('1.other.1');

        for (const id of ids) {
          const again = await openStream(url, { headers: { 'Last-Event-ID': id } });
          expect(again.headers['rxsse-resume']).to.match(/^gap/);
          expect((await again.until(/data: 3\n\n/)).split(snapshot)).to.have.length(2);
          again.close();
        }
      });
    });

    it('can be slow: events that are published meanwhile follow it', async () => {
      const ticks = feed(Ticks);
      const cursor = await publish(ticks, 1);
      const wanted = deferred();
      const made = deferred<Snapshot<Tick>>();
      const missed = () => {
        wanted.resolve();
        return made.promise;
      };
      await listen(mount(sse({ events: Ticks, resume: { snapshot: missed } }, ticks)).listener, async (url) => {
        const asking = openStream(`${url}/?lastEventId=garbage`);
        await wanted.promise;
        publish(ticks, 2);
        made.resolve({ events: [Tick(10)], cursor });
        const answer = await asking;
        const text = await answer.until(/data: 2\n\n/);
        expect([...text.matchAll(/^data: (\d+)$/gm)].map(([, n]) => n)).to.deep.equal(['10', '2']);
        answer.close();
      });
    });

    const failures: Record<string, (cursor: string) => Promise<Snapshot<Tick>> | Snapshot<Tick>> = {
      fails: () => Promise.reject(new Error('secret')),
      throws: () => {
        throw new Error('secret');
      },
      'names no cursor': () => ({ events: [], cursor: 'secret' }),
      'names a position of another feed': () => ({ events: [], cursor: '1.other.1' }),
      'has an event that the contract does not': (cursor) => ({ events: [{ type: 'secret' } as never], cursor }),
    };
    for (const [what, snapshot] of Object.entries(failures)) {
      it(`that ${what} is an HTTP error, since no byte was sent`, async () => {
        const ticks = feed(Ticks);
        const cursor = await publish(ticks, 1);
        const route = sse({ events: Ticks, resume: { snapshot: () => snapshot(cursor) } }, ticks);
        await listen(mount(route).listener, async (url) => {
          const refused = await openStream(`${url}/?lastEventId=garbage`);
          expect(refused.status).to.be.at.least(500);
          expect(await refused.ended()).not.to.include('secret');
          expect(ticks.readers).to.equal(0);
        });
      });
    }

    it('is not sent when its reader has disconnected', async () => {
      const left = deferred();
      const wanted = deferred();
      const made = deferred<never>();
      const ticks = feed(Ticks, { source: NEVER.pipe(finalize(() => left.resolve())), linger: 0 });
      const missed = () => {
        wanted.resolve();
        return made.promise;
      };
      await listen(mount(sse({ events: Ticks, resume: { snapshot: missed } }, ticks)).listener, async (url) => {
        const leaving = new AbortController();
        const answer = fetchOver(`${url}/?lastEventId=garbage`, { signal: leaving.signal }).catch(() => 'left');
        await wanted.promise;
        leaving.abort();
        await left.promise;
        expect(await answer).to.equal('left');
      });
    });
  });
}
