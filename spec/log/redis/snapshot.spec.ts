import { expect } from 'chai';
import * as t from 'io-ts';
import { events } from '../../../lib/event/events.ts';
import { feed } from '../../../lib/feed/feed.ts';
import { sse } from '../../../lib/index.ts';
import { listen } from '../../support/listen.ts';
import { openStream } from '../../support/openStream.ts';
import { onRedis } from './onRedis.ts';

const Counts = events({ Total: { n: t.number }, Count: { n: t.number } });

describe('a snapshot of a feed over a redisLog that another process writes to', () => {
  const redis = onRedis();

  it('is at the position that Redis has, for the reader that comes first and the one that cannot be served', async () => {
    const name = 'shared';
    const open = async () => feed(Counts, { log: redis.open({ name, client: await redis.server.connect() }) });
    const [here, there] = [await open(), await open()];
    let total = 0;
    const count = () => there.publish(Counts.Count({ n: ++total }));
    const snapshot = async () => {
      const state = Counts.Total({ n: total });
      // The position was read before: what is published now follows the snapshot.
      await count();
      return [state];
    };
    await count();
    await listen(sse({ resume: { snapshot } }, here), async (url) => {
      for (const [headers, start] of [
        [{}, /^retry: 3000\n\n/],
        [{ 'Last-Event-ID': '1.other.5' }, /event: rxsse\.gap\ndata: [^\n]*"reason":"epoch"[^\n]*\n\n/],
      ] as const) {
        const before = total;
        const wire = await openStream(url, { headers });
        const text = await wire.until(new RegExp(`event: count\ndata: {"n":${before + 1}}\n\n`));
        const [preamble = '', rest = ''] = text.split(`event: total\ndata: {"n":${before}}\n\n`);
        expect(preamble).to.match(start);
        expect(rest).to.match(
          new RegExp(`^id: \\S+\\.${before}\nevent: rxsse.position\ndata:\n\nid: \\S+\\.${before + 1}\nevent: count\n`),
        );
        wire.close();
      }
    });
    here.close();
    there.close();
  });
});
