import type { Session } from '../Session.ts';
import { entriesOf } from './fanOut.ts';
import type { Budget, Measured, Row } from './Row.ts';

async function turns(session: Session, { quick }: Budget): Promise<Measured> {
  const first = await session.publish({ events: 4, burst: 1 });
  // As many as fit, also for a server that takes a quarter of a second for one.
  const events = Math.max(4, Math.min(quick ? 200 : 2000, Math.floor((4 * 2) / first.seconds)));
  await session.publish({ events, burst: 1 });
  const { used, load, seconds } = await session.publish({ events, burst: 1 });
  const { longestSlice, longestWork, slice99, longestOwn, longest, longestGc } = used.turns;
  return {
    figures: { longestSlice, longestWork, slice99, longestOwn, longest, longestGc, rate: load.deliveries / seconds },
  };
}

export const turn: Row = {
  name: 'turn',
  title: 'The longest turn of the loop, publishing to 10,000 readers',
  how: 'One event a turn, flat out. A slice is one scheduled piece of work of the library; a turn is all of it, the kernel and the publisher included. Both without garbage collection, which has a column of its own.',
  entries: entriesOf(['rxsse', 'hand', 'joined', 'write', 'fastify', 'better-sse'], turns, {
    readers: 10_000,
    watch: true,
    inflight: 128,
  }),
  columns: {
    longestSlice: 'longest slice ms',
    longestWork: 'of the processor ms',
    slice99: '99 % of slices ms',
    longestOwn: 'longest turn ms',
    longest: 'with collection',
    longestGc: 'longest collection',
    rate: 'deliveries/s',
  },
  goals: [
    {
      what: 'longest slice',
      unit: 'ms',
      value: (look) => look('rxsse', 'longestSlice'),
      least: 10,
      aim: 2,
      more: false,
    },
  ],
};
