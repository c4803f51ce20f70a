import { type Entry, type Row, ratio, type ServedEntry } from './Row.ts';
import { atPace, throughput } from './throughput.ts';

const plain = 'rxsse';
const gzip = 'rxsse, compression: true';
const paced = ', 20 events a second';

/** Returns an entry without compression and one with it, for the same events. */
function both(suffix: string, measure: ServedEntry['measure'], slow: boolean): readonly Entry[] {
  const scenario = { peer: 'rxsse', readers: 1000, sentences: true } as const;
  return [
    { label: plain + suffix, scenario, measure, slow },
    { label: gzip + suffix, scenario: { ...scenario, gzip: true, options: ['compression'] }, measure, slow },
  ];
}

export const compressed: Row = {
  name: 'compressed',
  title: '1000 readers of a compressed feed',
  how: 'One event a turn, flat out, each with a sentence in which a number, a place, a state and a price differ; readers decode everything. Then 20 events a second.',
  entries: [...both('', throughput(1), false), ...both(paced, atPace(20), true)],
  columns: {
    rate: 'deliveries/s',
    cost: 'µs a delivery',
    bytes: 'bytes a delivery',
    together: 'events a write',
    serverBusy: 'server busy',
    loadBusy: 'readers busy',
  },
  goals: [
    {
      what: 'bytes, uncompressed',
      unit: 'x',
      value: (look) => ratio(look, 'bytes', gzip, plain),
      least: 0.25,
      aim: 0.2,
      more: false,
    },
    {
      what: 'fan-out, uncompressed',
      unit: 'x',
      value: (look) => ratio(look, 'rate', gzip, plain),
      least: 0.9,
      aim: 1,
      more: true,
    },
    {
      what: 'bytes at 20 events a second, uncompressed',
      unit: 'x',
      value: (look) => ratio(look, 'bytes', gzip + paced, plain + paced),
      more: false,
    },
    {
      what: 'a delivery at 20 events a second, uncompressed',
      unit: 'x',
      value: (look) => ratio(look, 'cost', gzip + paced, plain + paced),
      more: false,
    },
  ],
};
