import { expect } from 'chai';
import * as t from 'io-ts';
import { bufferWhen, concatMap, Subject, tap } from 'rxjs';
import { events, feed, sse } from 'rxsse';
import { RouteLane } from '../../lib/inspector/RouteLane.ts';
import { routeOf } from '../../lib/sink/handler.ts';
import type { Route } from '../../lib/sink/Route.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Ticks = events({ Tick: { n: t.number } });

describe('RouteLane', () => {
  /** Returns a route whose pipeline emits when the gate does, and its lane. */
  function inspected() {
    const ticks = feed(Ticks);
    const gate = new Subject<void>();
    const entered = deferred<void>();
    const handler = sse({ events: Ticks, resume: { from: 'oldest' } }, (context) =>
      ticks.read(context).pipe(
        tap(({ event }) => event?.type === 'tick' && event.data.n === 3 && entered.resolve()),
        bufferWhen(() => gate),
        concatMap((entries) => entries),
      ),
    );
    const lane = new RouteLane('/ticks', handler, routeOf(handler) as Route, () => ({}));
    /** Returns how many events the lane counts in this tick, and how many marks it has. */
    const take = () => {
      lane.collect(0);
      const { count, marks } = lane.marks.take(lane.id) ?? { count: 0, marks: [] };
      return [count, marks.filter(({ kind }) => kind === 'event').length];
    };
    return { ticks, gate, entered: entered.promise, handler, lane, take };
  }

  it('counts events together with their marks, though a pipeline writes them after the turn in which it counts them', () => {
    const { ticks, gate, entered, handler, lane, take } = inspected();
    return listen(handler, async (url) => {
      const reader = await openStream(url);
      lane.open();
      await ticks.publish([1, 2, 3].map((n) => Ticks.Tick({ n })));
      await entered;
      gate.next();
      expect(take()).to.deep.equal([0, 0]);
      await reader.until(/"n":3}\n\n/);
      expect(take()).to.deep.equal([3, 3]);
      expect(take()).to.deep.equal([0, 0]);
      lane.close();
      reader.close();
    });
  });

  it('counts events that are not written in the next tick either, and each once', () => {
    const { ticks, gate, entered, handler, lane, take } = inspected();
    return listen(handler, async (url) => {
      const reader = await openStream(url);
      lane.open();
      await ticks.publish([1, 2, 3].map((n) => Ticks.Tick({ n })));
      await entered;
      gate.next();
      expect([take(), take(), take()]).to.deep.equal([
        [0, 0],
        [3, 0],
        [0, 0],
      ]);
      lane.close();
      reader.close();
    });
  });
});
