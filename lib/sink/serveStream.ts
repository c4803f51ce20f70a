import { clock } from '../clock.ts';
import { pull } from '../source/pull.ts';
import type { Asked } from './Asked.ts';
import { holdHead } from './holdHead.ts';
import { type LiveRoute, LiveWriter } from './LiveWriter.ts';
import { begin } from './lifetime.ts';
import { Numbering } from './Numbering.ts';
import { plainOpening } from './openingOf.ts';
import type { Source } from './sourceOf.ts';

/** Sends what one subscription gives: a stream of the request's own, or a pipeline over a feed. */
export function serveStream(asked: Asked, source: Source): void {
  const { route, connection, context, visit, refuse } = asked;
  const numbering = new Numbering(route.options.events, route.limits.maxEventBytes);
  const live: LiveRoute = {
    begin: (blocks) => {
      if (visit.isPending) return false;
      const plain = () => plainOpening(route, visit.requested, () => numbering.epoch);
      begin(asked, visit.opening ?? plain(), blocks);
      return true;
    },
    refuse,
    // What was read from a log is never dropped: a pipeline is paced, and what it made of a page waits.
    get overflow() {
      return visit.isClaimed ? 'disconnect' : route.overflow;
    },
    get queue() {
      const { queue } = route.limits;
      return visit.isClaimed ? { ...queue, events: Infinity } : queue;
    },
    farewell: (error) => route.farewell(error, context),
    dropped: (events, gap) => {
      if (gap !== undefined) route.missed(gap, context);
      route.dropped(events, asked);
    },
    // What an iterable has at hand comes microtask by microtask, so its burst ends with the turn.
    later: 'iterable' in source ? clock.turn : clock.micro,
  };
  const writer = new LiveWriter(connection, visit.placing ?? numbering, live);
  visit.writer = writer;
  if ('iterable' in source) pull(source.iterable, writer, (ask) => writer.whenReady(ask));
  else source.observable.subscribe(writer);
  // Nothing is written before, so that what fails while subscribing is still an HTTP error.
  if (route.limits.headWait === 0 || writer.hasSpoken || writer.closed || visit.isClaimed) return visit.begin();
  const go = holdHead(connection, route.limits.headWait, () => visit.begin());
  writer.onFirst = () => {
    writer.onFirst = undefined;
    go();
  };
}
