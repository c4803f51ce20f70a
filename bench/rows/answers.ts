import type { PeerName, RedisPeerName } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import { type Budget, type Measured, type Row, ratio, type ServedEntry } from './Row.ts';
import { throughput } from './throughput.ts';

const streams = 200;
/** The tokens of an answer before its memory is measured. */
const tokens = 500;

/** Measures what the streams of running answers hold, and then how fast their tokens are relayed. */
async function relayed(session: Session, budget: Budget): Promise<Measured> {
  const { readers } = session.scenario;
  const before = await session.memory();
  await session.connect();
  await session.publish({ events: tokens, burst: 1 });
  const after = await session.memory();
  const { figures, ...rest } = await throughput(1)(session, budget);
  const each = (what: 'rss' | 'held'): number => (after[what] - before[what]) / readers / 1024;
  return { figures: { ...figures, held: each('held'), rss: each('rss') }, ...rest };
}

function entry(label: string, peer: PeerName | RedisPeerName, log?: 'redis'): ServedEntry {
  const shape = { readers: streams, feeds: streams, size: 0, connected: false } as const;
  return {
    label,
    scenario: { ...shape, peer, route: 'answers', ...(log && { log }) },
    measure: relayed,
    quick: { readers: 20, feeds: 20 },
  };
}

const [stored, inMemory] = ['rxsse, `resume` over Redis', 'rxsse, `resume: true`'];
const resumable = 'resumable-stream over Redis';
const by = 'Express by hand';

export const answers: Row = {
  name: 'answers',
  title: `${streams} answers of a model at a time, a token a turn for each`,
  how: `Each answer is the stream of one request, with one reader, and some 45 bytes of data a token. What a stream holds is measured when it has relayed ${tokens} tokens, and then the tokens a second, flat out, until each reader has received all of them in order. \`resumable-stream\` holds the text in the memory of the process, and publishes nothing while no second reader has come; \`rxsse\` over Redis stores every token, so that an answer outlives its process. By hand nothing is resumed.`,
  entries: [
    entry(inMemory, 'rxsse'),
    entry(stored, 'rxsse', 'redis'),
    entry(resumable, 'resumable-stream', 'redis'),
    entry(by, 'hand'),
  ],
  columns: {
    rate: 'tokens/s',
    cost: 'µs a token',
    storageCost: 'µs of Redis',
    together: 'tokens a write',
    held: 'KiB held a stream',
    rss: 'KiB of the machine',
  },
  goals: [
    {
      what: '`resume: true`, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rate', inMemory, by),
      least: 1,
      more: true,
    },
    {
      what: '`resume: true`, resumable-stream',
      unit: 'x',
      value: (look) => ratio(look, 'rate', inMemory, resumable),
      least: 1,
      more: true,
    },
    {
      what: 'every token stored in Redis, resumable-stream',
      unit: 'x',
      value: (look) => ratio(look, 'rate', stored, resumable),
      more: true,
    },
    {
      what: 'held over Redis, resumable-stream',
      unit: 'x',
      value: (look) => ratio(look, 'held', stored, resumable),
      more: false,
    },
  ],
};
