import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { finalize, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { servers } from './servers.ts';
import { publish, shown, Ticks } from './ticks.ts';

const { Tick } = Ticks;

for (const [name, mount] of Object.entries(servers)) {
  describe(`a feed on ${name}`, () => {
    it('ends with an end event, and EventSource reconnects once and stops', async () => {
      const ticks = feed(Ticks);
      await listen(mount(sse({ retry: 0 }, ticks)).listener, (url) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          publish(ticks, 1);
          ticks.end().subscribe();
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.seen).to.deep.equal(['1', 'end', 'closed']);
          expect(follower.source.readyState).to.equal(EventSource.CLOSED);
          expect(follower.attempts.map(({ status, resume }) => [status, resume])).to.deep.equal([
            [200, 'live'],
            [204, 'ended'],
          ]);
          expect(shown(follower.attempts[1]?.lastEventId ?? '')).to.equal('1.E.1~');
        }),
      );
    });

    it('that has ended sends all events and the end to a new reader, and the missed ones to a reader that resumes', async () => {
      const ticks = feed(Ticks, { source: of(Tick(1), Tick(2)), start: 'now' });
      await listen(mount(sse({ retry: 5 }, ticks)).listener, async (url) => {
        const first = await openStream(url);
        expect([first.status, first.headers['rxsse-resume']]).to.deep.equal([200, 'live']);
        const text = await first.ended();
        const rest = 'id: 1.E.2\nevent: tick\ndata: 2\n\nid: 1.E.2~\nevent: rxsse.end\ndata: null\n\n';
        expect(shown(text)).to.equal(
          `id: 1.E.0\nevent: rxsse.position\nretry: 5\ndata:\n\nid: 1.E.1\nevent: tick\ndata: 1\n\n${rest}`,
        );

        const [, cursor = ''] = /^id: (.*\.1)$/m.exec(text) ?? [];
        const again = await openStream(url, { headers: { 'Last-Event-ID': cursor } });
        expect([again.status, again.headers['rxsse-resume']]).to.deep.equal([200, 'exact']);
        expect(shown(await again.ended())).to.equal(`id: 1.E.1\nevent: rxsse.position\nretry: 5\ndata:\n\n${rest}`);

        const over = await openStream(`${url}/?lastEventId=${cursor}~`);
        expect([over.status, over.headers['rxsse-resume'], await over.ended()]).to.deep.equal([204, 'ended', '']);
      });
    });

    it('that has failed sends an end with the reason failed and nothing of the error', async () => {
      const source = new Observable<never>((subscriber) => subscriber.error(new Error('secret')));
      await listen(mount(sse({ retry: 0 }, feed(Ticks, { source }))).listener, (url) =>
        follow(url, async (follower) => {
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.seen).to.deep.equal(['end failed', 'closed']);
          expect(follower.attempts.map(({ text }) => text).join()).not.to.include('secret');
        }),
      );
    });

    it('unsubscribes from its source when its last reader has disconnected', async () => {
      const left = deferred();
      const source = new Subject<ReturnType<typeof Tick>>();
      const ticks = feed(Ticks, { source: source.pipe(finalize(() => left.resolve())), linger: 0 });
      await listen(mount(sse(ticks)).listener, async (url) => {
        const readers = await Promise.all([openStream(url), openStream(url)]);
        await Promise.all(readers.map((reader) => reader.until(/\n\n/)));
        source.next(Tick(1));
        for (const reader of readers) {
          await reader.until(/data: 1\n/);
          expect(source.observed).to.equal(true);
          reader.close();
        }
        await left.promise;
        expect(source.observed).to.equal(false);
      });
    });

    it('that is closed disconnects its readers, and rejects new ones', async () => {
      const ticks = feed(Ticks, { source: NEVER });
      const { listener } = mount(sse(ticks));
      await listen(listener, async (url) => {
        const reader = await openStream(url);
        await reader.until(/\n\n/);
        ticks.close();
        expect(shown(await reader.over())).to.equal('id: 1.E.0\nevent: rxsse.position\nretry: 3000\ndata:\n\n');
        expect((await openStream(url)).status).to.be.at.least(500);
      });
    });

    it('answers HEAD with the headers alone, and has no reader', async () => {
      const ticks = feed(Ticks, { source: throwError(() => new Error('not for HEAD')) });
      await listen(mount(sse(ticks)).listener, async (url) => {
        const answer = await openStream(url, { method: 'HEAD' });
        expect([answer.status, await answer.ended()]).to.deep.equal([200, '']);
      });
    });
  });
}
