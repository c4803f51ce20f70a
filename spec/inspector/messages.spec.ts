import { expect } from 'chai';
import express from 'express';
import { feed, sse } from '../../lib/index.ts';
import { inspector } from '../../lib/inspector/index.ts';
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
});
