import { expect } from 'chai';
import * as t from 'io-ts';
import { from, lastValueFrom, map, of, toArray } from 'rxjs';
import { fromSse } from '../../lib/client/index.ts';
import { events, feed, sse, type WireProfile, withId } from '../../lib/index.ts';
import { cutOnce } from '../clients/answers.ts';
import { listen } from '../support/listen.ts';

const Ticks = events({ Tick: { n: t.number } });
const ticks = [1, 2, 3].map((n) => Ticks.Tick({ n }));

describe("the library's client on another wire", () => {
  for (const wire of [
    'rxsse',
    { end: 'none' },
    { control: 'ids' },
    { control: 'ids', end: 'event' },
    { control: 'none', end: 'event' },
  ] satisfies WireProfile[]) {
    it(`reads a feed to its end with wire ${JSON.stringify(wire)}`, async () => {
      const shared = feed(Ticks);
      void shared.publish(ticks);
      void shared.end();
      await listen(sse({ wire, retry: 1, resume: { from: 'oldest' } }, shared), async (url) => {
        expect(await lastValueFrom(fromSse(url, Ticks).pipe(toArray()))).to.deep.equal(ticks);
      });
    });
  }

  it('resumes by the ids of the program over a cut', async () => {
    const requested: (string | undefined)[] = [];
    const route = sse({ events: Ticks, resume: 'own-ids', retry: 1 }, ({ lastEventId = '0' }) => {
      const missed = ticks.filter(({ data }) => data.n > Number(lastEventId));
      return from(missed).pipe(map((tick) => withId(tick, String(tick.data.n))));
    });
    let isFirst = true;
    const partial = sse({ events: Ticks, resume: 'own-ids', retry: 1, wire: { end: 'none' } }, () =>
      of(withId(Ticks.Tick({ n: 1 }), '1')),
    );
    const listener = cutOnce(
      ((request: never, response: never) => {
        const chosen = isFirst ? partial : route;
        isFirst = false;
        chosen(request, response);
      }) as never,
      'never written',
      (id) => requested.push(id),
    );
    await listen(listener, async (url) => {
      expect(await lastValueFrom(fromSse(url, Ticks).pipe(toArray()))).to.deep.equal(ticks);
      expect(requested.slice(0, 2)).to.deep.equal([undefined, '1']);
    });
  });
});
