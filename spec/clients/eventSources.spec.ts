import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, NEVER, type Observable, take } from 'rxjs';
import { fromEventSource } from '../../lib/client/index.ts';
import { events, feed, isGap, sse, type WireOptions, type WireProfile } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { closing } from '../support/closing.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { cutOnce } from './answers.ts';
import { load } from './load.ts';

type EventSourceClass = new (url: string) => EventSource;

const Ticks = events({ Tick: { n: t.number } });
const ticks = [1, 2, 3, 4].map((n) => Ticks.Tick({ n }));

/** The streams that resume. Their events are a few milliseconds apart, so that a cut is between them. */
const kinds = {
  'a run': (wire: WireProfile) =>
    sse({ wire, events: Ticks, retry: 5, resume: { linger: 1000 } }, () =>
      interval(3).pipe(
        take(4),
        map((n) => Ticks.Tick({ n: n + 1 })),
      ),
    ),
  'a feed': (wire: WireProfile) => sse({ wire, retry: 5, resume: { from: 'oldest' } }, ticking()),
  'a pipeline': (wire: WireProfile) => {
    const shared = ticking();
    return sse({ wire, retry: 5, resume: { from: 'oldest' } }, (context) => shared.read(context));
  },
};

function ticking() {
  return feed(Ticks, {
    source: interval(3).pipe(
      take(4),
      map((n) => Ticks.Tick({ n: n + 1 })),
    ),
  });
}

/** Reads the whole stream. Only the client of the library has gaps. */
const whole = (read: Observable<unknown>): Promise<readonly unknown[]> =>
  new Promise((resolve, reject) => {
    const all: unknown[] = [];
    read.subscribe({ next: (event) => void all.push(event), error: reject, complete: () => resolve(all) });
  });

for (const [name, retainsPositions] of [
  ['eventsource', false],
  ['undici', true],
] as const) {
  describe(`the EventSource of ${name}`, () => {
    requires('clients');

    let Client: EventSourceClass;
    before(async () => {
      ({ EventSource: Client } = await load<{ EventSource: EventSourceClass }>(name));
    });

    for (const [kind, routeOf] of Object.entries(kinds)) {
      for (const wire of ['rxsse', { control: 'ids', end: 'event' }] satisfies WireProfile[]) {
        it(`reads the whole answer of ${kind}, typed, over a cut, with wire ${JSON.stringify(wire)}`, async () => {
          const requested: (string | undefined)[] = [];
          const route = cutOnce(routeOf(wire) as never, '"n":2}', (id) => requested.push(id?.replace(/.*\./, '')));
          await listen(route, async (url) => {
            const all = await whole(fromEventSource(() => new Client(url), Ticks));
            expect(all).to.deep.equal(ticks);
            expect(all.filter(isGap)).to.deep.equal([]);
            expect(requested.slice(0, 2)).to.deep.equal([undefined, '2']);
          });
        });
      }
    }

    // A client that retains the ids of events only is stopped by an end with data.
    const ends: readonly WireOptions[] = [{ end: message({ text: '[DONE]' }) }, ...(retainsPositions ? [{}] : [])];
    for (const end of ends) {
      it(`is stopped by the 204 after the end, with control 'ids' and ${Object.keys(end).join() || 'no'} end`, async () => {
        const statuses: number[] = [];
        const route = kinds['a run']({ control: 'ids', ...end });
        const listener: RequestListener = (request, response) => {
          response.on('finish', () => statuses.push(response.statusCode));
          route(request, response);
        };
        await listen(listener, async (url) => {
          const source = new Client(url);
          await closing(
            async () => source.close(),
            () =>
              new Promise<void>((resolve, reject) => {
                source.addEventListener('error', () => {
                  if (source.readyState === 2) resolve();
                  else if (statuses.length > 1) reject(new Error(`the statuses were ${statuses}`));
                });
              }),
          );
          expect(statuses).to.deep.equal([200, 204]);
        });
      });
    }

    it(`sends ${retainsPositions ? 'the' : 'no'} id of a block without data when it reconnects before the first event`, async () => {
      const requested: (string | undefined)[] = [];
      const route = sse({ wire: { control: 'ids' }, retry: 5, resume: { linger: 1000 } }, () => NEVER);
      let reconnected: () => void = () => {};
      const again = new Promise<void>((resolve) => {
        reconnected = resolve;
      });
      const cut = cutOnce(route as never, 'retry: 5', (id) => {
        requested.push(id);
        if (requested.length === 2) reconnected();
      });
      await listen(cut, async (url) => {
        const source = new Client(url);
        await again;
        source.close();
        expect(requested[1] !== undefined).to.equal(retainsPositions);
      });
    });
  });
}
