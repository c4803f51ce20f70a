import { expect } from 'chai';
import express from 'express';
import { feed, shutdown, sse } from '../../lib/index.ts';
import { inspector } from '../../lib/inspector/index.ts';
import { routeOf } from '../../lib/sink/handler.ts';
import { publish, Ticks } from '../http/ticks.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { recordMessages } from '../support/recordMessages.ts';

describe('the feed of an inspector', () => {
  it('publishes no message about itself on the channels for the feeds of the app', async () => {
    const ticks = feed(Ticks);
    const app = express();
    app.use('/inspect', inspector({ feeds: { ticks }, routes: { '/ticks': sse(ticks) } }));
    await recordMessages((recorded) =>
      listen(app, async (url) => {
        const page = await openStream(`${url}/inspect/events`);
        await publish(ticks, 1);
        await page.until(/event: marks/);
        page.close();
        expect(recorded.of('rxsse:feed:publish').map(({ feed: names }) => names)).to.deep.equal(['tick']);
      }),
    );
  });

  it('records nothing more when the inspector was shut down and its last page has left', async () => {
    const ticks = feed(Ticks);
    const readTicks = sse(ticks);
    const inspect = inspector({ feeds: { ticks }, routes: { '/ticks': readTicks } });
    const app = express();
    app.use('/inspect', inspect);
    await listen(app, async (url) => {
      const page = await openStream(`${url}/inspect/events`);
      await page.until(/event: status/);
      const isRecorded = () => routeOf(readTicks)?.stats.tap !== undefined;
      expect(isRecorded()).to.equal(true);
      await shutdown(inspect, { duration: 0 });
      await page.over();
      await publish(ticks, 1);
      while (isRecorded()) await new Promise((resolve) => setImmediate(resolve));
    });
  });
});
