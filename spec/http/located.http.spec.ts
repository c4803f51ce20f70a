import { expect } from 'chai';
import * as t from 'io-ts';
import { Subject } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { expressServers, servers } from './servers.ts';
import { Ticks } from './ticks.ts';

const { Response: onFetch } = servers;
interface Problem {
  readonly detail: string;
}

/** The servers whose bodies are parsed: Express by its middleware, and `rxsse/fetch` by itself. */
const parsing = { ...expressServers, ...(onFetch && { Response: onFetch }) };

for (const [name, mount] of Object.entries(parsing)) {
  describe(`the location of a stream on ${name}`, () => {
    it('is read by a GET without a body, which the stream was started with', async () => {
      const stream = new Subject<ReturnType<typeof Ticks.Tick>>();
      const requested: string[] = [];
      const { listener } = mount(
        sse(
          {
            events: Ticks,
            body: { text: t.string },
            resume: { location: (_context, cursor) => `?lastEventId=${cursor}` },
          },
          ({ body }) => {
            requested.push(body.text);
            return stream;
          },
        ),
      );
      await listen(listener, async (url) => {
        const headers = { 'content-type': 'application/json' };
        const first = await openStream(url, { method: 'POST', headers, body: '{"text":"why?"}' });
        const location = new URL(first.headers.location ?? '', url).href;
        stream.next(Ticks.Tick(1));
        const [second, third] = [await openStream(location), await openStream(location)];
        stream.next(Ticks.Tick(2));
        stream.complete();
        const texts = await Promise.all([first, second, third].map((wire) => wire.ended()));
        const ticks = texts.map((text) => [...text.matchAll(/^event: tick\ndata: (.*)$/gm)].map(([, data]) => data));
        expect(ticks).to.deep.equal([
          ['1', '2'],
          ['1', '2'],
          ['1', '2'],
        ]);
        expect(second.headers).not.to.have.property('location');
        expect((await openStream(`${url}/?lastEventId=1.AAAAAAAAAAAAAAAA.0`)).status).to.equal(404);
        const refusals = await Promise.all(
          [`${url}/?lastEventId=${location.split('=')[1]?.slice(0, -2)}`, `${url}/?lastEventId=foo`, url].map(
            async (unknown) => {
              const refused = await fetch(unknown);
              return [refused.status, (JSON.parse(await refused.text()) as Problem).detail];
            },
          ),
        );
        const detail = 'lastEventId: expected the id of a stream that is retained, got';
        expect(refusals).to.deep.equal([
          [404, `${detail} another`],
          [404, `${detail} another`],
          [404, `${detail} none`],
        ]);
        const head = await fetch(location, { method: 'HEAD' });
        expect(head.status).to.equal(200);
        expect(head.headers.get('content-type')).to.match(/^text\/event-stream\b/);
        const form = await fetch(url, { method: 'POST', body: new URLSearchParams({ text: 'why?' }) });
        expect([form.status, (JSON.parse(await form.text()) as Problem).detail]).to.deep.equal([
          415,
          'headers.content-type: expected application/json, got another',
        ]);
        expect(requested).to.deep.equal(['why?']);
      });
    });
  });
}
