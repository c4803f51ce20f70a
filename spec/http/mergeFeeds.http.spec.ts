import { expect } from 'chai';
import * as t from 'io-ts';
import { events, feed, filterEvents, mergeFeeds, sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { servers } from './servers.ts';
import { publish, Ticks } from './ticks.ts';

const News = events({ Headline: t.string });

/** A text without the hash of the names and the epochs. */
const shownIds = (text: string): string => text.replaceAll(/^id: 2\.\w+\.[\w-]+\.(\d+)\.[\w-]+\.(\d+)$/gm, 'id: $1 $2');

for (const [name, mount] of Object.entries(servers)) {
  describe(`a merge of feeds on ${name}`, () => {
    it('sends each event with the position in all feeds, and resumes after any of them', async () => {
      const [ticks, news] = [feed(Ticks), feed(News)];
      const route = sse({ retry: 5 }, (context) =>
        mergeFeeds({ ticks, news }, context).pipe(filterEvents(({ data }) => data !== 2)),
      );
      await listen(mount(route).listener, async (url) => {
        const first = await openStream(url);
        expect(first.headers['rxsse-resume']).to.equal('live');
        await first.until(/rxsse\.position\n.*\n.*\n\n/);
        await publish(ticks, 1, 2);
        await news.publish(News.Headline('one'));
        const text = await first.until(/headline\n.*\n\n/);
        expect(shownIds(text)).to.equal(
          'id: 0 0\nevent: rxsse.position\nretry: 5\ndata:\n\n' +
            'id: 0 1\nevent: tick\ndata: 1\n\nid: 1 2\nevent: headline\ndata: "one"\n\n',
        );
        first.close();

        await news.publish(News.Headline('two'));
        await publish(ticks, 3);
        const cursors = [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);
        for (const index of [1, 2]) {
          const again = await openStream(`${url}?lastEventId=${cursors[index]}`);
          expect(again.headers['rxsse-resume']).to.equal('exact');
          const rest = shownIds(await again.until(/"two"[\s\S]*data: 3\n\n|data: 3\n[\s\S]*"two"\n\n/));
          expect([...rest.matchAll(/^id: (.*)$/gm)].map(([, id]) => id).at(-1)).to.equal('2 3');
          expect(rest.match(/"one"/g)?.length ?? 0).to.equal(index === 1 ? 1 : 0);
          expect(rest.match(/"two"/g)).to.have.length(1);
          again.close();
        }
      });
    });
  });
}
