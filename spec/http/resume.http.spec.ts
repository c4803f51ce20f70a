import { expect } from 'chai';
import { feed, sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { servers } from './servers.ts';
import { publish, shown, Ticks } from './ticks.ts';

for (const [name, mount] of Object.entries(servers)) {
  describe(`a reader that resumes, on ${name}`, () => {
    it('receives the events that were published while it was disconnected, although it had received none before', async () => {
      const ticks = feed(Ticks);
      await listen(mount(sse({ retry: 1 }, ticks)).listener, (url, server) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          server.closeAllConnections();
          publish(ticks, 1);
          await follower.until(({ seen }) => seen.includes('1'));
          expect(follower.seen).to.deep.equal(['1']);
          expect(follower.attempts.map(({ resume }) => resume)).to.deep.equal(['live', 'exact']);
        }),
      );
    });

    it('receives every event once and in order over many cuts', async () => {
      const ticks = feed(Ticks);
      await listen(mount(sse({ retry: 0 }, ticks)).listener, (url, server) =>
        follow(url, async (follower) => {
          const published: string[] = [];
          for (let round = 0; round < 10; round++) {
            await follower.until(hasPosition);
            publish(ticks, round * 3, round * 3 + 1);
            await follower.until(({ seen }) => seen.includes(String(round * 3)));
            server.closeAllConnections();
            publish(ticks, round * 3 + 2);
            published.push(String(round * 3), String(round * 3 + 1), String(round * 3 + 2));
            await follower.until(({ attempts }) => attempts.length === round + 2);
          }
          await follower.until(({ seen }) => seen.includes('29'));
          expect(follower.seen).to.deep.equal(published);
          expect(follower.attempts.slice(1).map(({ resume }) => resume)).to.deep.equal(Array(10).fill('exact'));
        }),
      );
    });

    it('can send its cursor in the query, as a reloaded page does', async () => {
      const ticks = feed(Ticks);
      const cursor = await publish(ticks, 1);
      publish(ticks, 2);
      await listen(mount(sse({ retry: 1 }, ticks)).listener, async (url) => {
        const requested = await openStream(`${url}/?lastEventId=${encodeURIComponent(cursor)}`);
        expect(requested.headers['rxsse-resume']).to.equal('exact');
        expect(shown(await requested.until(/tick.*\n\n/s))).to.equal(
          'id: 1.E.1\nevent: rxsse.position\nretry: 1\ndata:\n\nid: 1.E.2\nevent: tick\ndata: 2\n\n',
        );
        requested.close();
      });
    });

    it('resumes from the header when it sends both, since EventSource repeats the URL and updates the header', async () => {
      const ticks = feed(Ticks);
      const cursor = await publish(ticks, 1);
      publish(ticks, 2);
      await listen(mount(sse({ retry: 1 }, ticks)).listener, (url, server) =>
        follow(`${url}/?lastEventId=${cursor}`, async (follower) => {
          await follower.until(({ seen }) => seen.includes('2'));
          server.closeAllConnections();
          publish(ticks, 3);
          await follower.until(({ seen }) => seen.includes('3'));
          expect(follower.seen).to.deep.equal(['2', '3']);
          expect(follower.attempts.map(({ lastEventId }) => lastEventId?.split('.').at(-1))).to.deep.equal([
            undefined,
            '2',
          ]);
        }),
      );
    });

    for (const [from, came] of Object.entries({ live: '4', oldest: '1,2,3,4', cursor: '2,3,4' })) {
      it(`starts at \`from\` when it connects for the first time: ${from}`, async () => {
        const ticks = feed(Ticks);
        const cursor = await publish(ticks, 1);
        publish(ticks, 2, 3);
        const route = sse({ resume: { from: from === 'cursor' ? cursor : from } }, ticks);
        await listen(mount(route).listener, async (url) => {
          const requests = await openStream(url);
          expect(requests.headers['rxsse-resume']).to.equal(from === 'cursor' ? 'exact' : 'live');
          await requests.until(/\n\n/);
          publish(ticks, 4);
          const text = await requests.until(/data: 4\n\n/);
          expect([...text.matchAll(/data: (\d)/g)].map(([, n]) => n).join()).to.equal(came);
          requests.close();
        });
      });
    }
  });
}
