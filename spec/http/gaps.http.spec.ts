import { expect } from 'chai';
import { feed, memoryLog, sse } from '../../lib/index.ts';
import { inFrontOf, listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { servers } from './servers.ts';
import { publish, shown, Ticks } from './ticks.ts';

for (const [name, mount] of Object.entries(servers)) {
  describe(`a reader whose missed events were removed, on ${name}`, () => {
    it('receives a gap when its entries were trimmed, and continues with the oldest stored entry', async () => {
      const ticks = feed(Ticks, { log: memoryLog({ maxEntries: 1 }) });
      await listen(mount(sse({ retry: 1 }, ticks)).listener, (url, server) =>
        follow(url, async (follower) => {
          await follower.until(hasPosition);
          publish(ticks, 1);
          await follower.until(({ seen }) => seen.includes('1'));
          server.closeAllConnections();
          for (const n of [2, 3, 4]) publish(ticks, n);
          await follower.until(({ seen }) => seen.includes('4'));
          expect(follower.seen).to.deep.equal(['1', 'gap trimmed', '4']);
          expect(follower.attempts.at(-1)?.resume).to.equal('gap;reason=trimmed');

          const [tick, gap] = follower.events;
          const { requested, resumedFrom } = JSON.parse(gap?.data);
          expect(requested).to.equal(tick?.lastEventId);
          expect(gap?.lastEventId).to.equal(resumedFrom);
          expect(shown(resumedFrom)).to.equal('1.E.3');
        }),
      );
    });

    it('receives a gap for another epoch after a restart, and continues with the oldest entry', async () => {
      const before = feed(Ticks);
      const after = feed(Ticks);
      let { listener } = mount(sse({ retry: 1 }, before));
      await listen(
        inFrontOf(listener, (request, response) => listener(request, response)),
        (url, server) =>
          follow(url, async (follower) => {
            await follower.until(hasPosition);
            publish(before, 1);
            await follower.until(({ seen }) => seen.includes('1'));
            listener = mount(sse({ retry: 1 }, after)).listener;
            publish(after, 11, 12);
            server.closeAllConnections();
            await follower.until(({ seen }) => seen.includes('12'));
            server.closeAllConnections();
            publish(after, 13);
            await follower.until(({ seen }) => seen.includes('13'));

            expect(follower.seen).to.deep.equal(['1', 'gap epoch', '11', '12', '13']);
            expect(follower.attempts.map(({ resume }) => resume)).to.deep.equal(['live', 'gap;reason=epoch', 'exact']);
            const { requested, resumedFrom } = JSON.parse(follower.events[1]?.data);
            expect(requested).to.equal(follower.events[0]?.lastEventId);
            expect(resumedFrom).to.match(/^1\.[\w-]{16}\.0$/);
          }),
      );
    });

    for (const [reason, cursorAfter] of Object.entries({
      future: (cursor: string) => cursor.replace(/\d+$/, '99'),
      invalid: () => 'garbage',
    })) {
      it(`receives one gap for a cursor that is ${reason}, continues at the tail, and resumes from there`, async () => {
        const ticks = feed(Ticks);
        const cursor = cursorAfter(await publish(ticks, 1, 2));
        await listen(mount(sse({ retry: 1 }, ticks)).listener, (url, server) =>
          follow(`${url}/?lastEventId=${cursor}`, async (follower) => {
            await follower.until(({ seen }) => seen.includes(`gap ${reason}`));
            server.closeAllConnections();
            publish(ticks, 3);
            await follower.until(({ seen }) => seen.includes('3'));
            expect(follower.seen).to.deep.equal([`gap ${reason}`, '3']);
            expect(follower.attempts.map(({ resume }) => resume)).to.deep.equal([`gap;reason=${reason}`, 'exact']);
            const [gap] = follower.events;
            const { requested, resumedFrom } = JSON.parse(gap?.data);
            expect([requested, shown(resumedFrom)]).to.deep.equal([reason === 'invalid' ? null : cursor, '1.E.2']);
            expect(gap?.lastEventId).to.equal(resumedFrom);
          }),
        );
      });
    }

    it('receives the gap after its own position, with the position before the next event as its id', async () => {
      const ticks = feed(Ticks);
      publish(ticks, 1);
      await listen(mount(sse(ticks)).listener, async (url) => {
        const requests = await openStream(url, { headers: { 'Last-Event-ID': '1.other-epoch.7' } });
        expect(requests.headers['rxsse-resume']).to.equal('gap;reason=epoch');
        expect(shown(await requests.until(/data: 1\n\n/))).to.equal(
          'id: 1.other-epoch.7\nevent: rxsse.position\nretry: 3000\ndata:\n\n' +
            'id: 1.E.0\nevent: rxsse.gap\ndata: {"reason":"epoch","requested":"1.other-epoch.7","resumedFrom":"1.E.0"}\n\n' +
            'id: 1.E.1\nevent: tick\ndata: 1\n\n',
        );
        requests.close();
      });
    });

    it('never receives an HTTP error, for any cursor', async () => {
      const ticks = feed(Ticks);
      publish(ticks, 1);
      const sent = ['%00', '1.e.x', '1.e.01', '1.e.-1', '2.e.1', 'x'.repeat(4000), '1.é.1', '1.e.9007199254740993'];
      await listen(mount(sse(ticks)).listener, async (url) => {
        for (const cursor of sent) {
          const answer = await openStream(`${url}/?lastEventId=${encodeURIComponent(cursor)}`);
          expect([answer.status, answer.headers['rxsse-resume']]).to.deep.equal([200, 'gap;reason=invalid']);
          expect(await answer.until(/rxsse\.gap\n.*\n\n/)).to.include('"requested":null');
          answer.close();
        }
      });
    });

    it("receives the gap, the end, and 204 when it reconnects, with gapPolicy: 'end'", async () => {
      const ticks = feed(Ticks);
      publish(ticks, 1);
      await listen(mount(sse({ retry: 1, resume: { gapPolicy: 'end' } }, ticks)).listener, (url) =>
        follow(`${url}/?lastEventId=garbage`, async (follower) => {
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.seen).to.deep.equal(['gap invalid', 'end', 'closed']);
          expect(follower.attempts.map(({ status }) => status)).to.deep.equal([200, 204]);
        }),
      );
    });
  });
}
