import { peerNames, peers } from '../peers/index.ts';
import { isInstalled } from '../peers/nchan.ts';
import type { PeerName, Scenario } from '../Scenario.ts';
import { type Entry, type Row, ratio, type ServedEntry } from './Row.ts';
import { atPace, throughput } from './throughput.ts';

/** The peers of a quick run. */
const close: readonly PeerName[] = ['rxsse', 'hand', 'joined', 'write', 'nchan'];

/** Returns one entry for each peer; nginx only if it is installed. */
export function entriesOf(
  names: readonly PeerName[],
  measure: ServedEntry['measure'],
  scenario: Omit<Scenario, 'peer'>,
): readonly Entry[] {
  return names
    .filter((name) => name !== 'nchan' || isInstalled)
    .map((peer) => ({
      label: peers[peer].title,
      scenario: { ...scenario, peer },
      measure,
      slow: !close.includes(peer),
    }));
}

const columns = {
  rate: 'deliveries/s',
  cost: 'µs a delivery',
  together: 'events a write',
  serverBusy: 'server busy',
  loadBusy: 'readers busy',
  collecting: 'collecting',
};

const by = 'RxJS + Express by hand';

export const fanOut: Row = {
  name: 'fan-out',
  title: '1000 readers, one event a turn, flat out',
  how: 'Events of some 150 bytes, one publication in each turn of the loop, until all readers have all of them.',
  entries: entriesOf(peerNames, throughput(1), { readers: 1000 }),
  columns,
  goals: [
    { what: 'by hand', unit: 'x', value: (look) => ratio(look, 'rate', 'rxsse', by), least: 20, aim: 40, more: true },
    {
      what: 'nginx + nchan',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse', 'nginx + nchan'),
      aim: 14,
      more: true,
    },
  ],
};

export const bursts: Row = {
  name: 'bursts',
  title: '1000 readers, bursts of 50 events a turn, flat out',
  how: 'The same, 50 publications in each turn.',
  entries: entriesOf(peerNames, throughput(50), { readers: 1000 }),
  columns,
  goals: [
    { what: 'by hand', unit: 'x', value: (look) => ratio(look, 'rate', 'rxsse', by), least: 35, aim: 60, more: true },
    { what: 'joined', unit: 'x', value: (look) => ratio(look, 'rate', 'rxsse', 'Node, joined'), aim: 1.7, more: true },
  ],
};

/** Compared with peers on plain http: Express changes the prototype of each response, which slows Node's own code down. */
const plain = 'rxsse on plain http';

export const latency: Row = {
  name: 'latency',
  title: 'Latency at 20 events a second to 1000 readers',
  how: 'From just before the publication to the arrival at each reader, in milliseconds.',
  entries: [
    {
      label: plain,
      scenario: { peer: 'rxsse', readers: 1000, latency: true, plain: true },
      measure: atPace(20),
      slow: false,
    },
    ...entriesOf(
      peerNames.filter((name) => name !== 'trpc'),
      atPace(20),
      { readers: 1000, latency: true },
    ),
  ],
  columns: {
    p50: 'p50 ms',
    p90: 'p90 ms',
    p99: 'p99 ms',
    max: 'longest ms',
    cost: 'µs a delivery',
    serverBusy: 'server busy',
  },
  goals: ['p50', 'p99'].flatMap((figure) => [
    {
      what: `${figure} on plain http, a write an event`,
      unit: 'x',
      value: (look) => ratio(look, figure, plain, 'Node, a write an event'),
      least: 1,
      more: false,
    },
    {
      what: `${figure} on plain http, joined`,
      unit: 'x',
      value: (look) => ratio(look, figure, plain, 'Node, joined'),
      aim: 1.1,
      more: false,
    },
    {
      what: `${figure} on Express, by hand`,
      unit: 'x',
      value: (look) => ratio(look, figure, 'rxsse', by),
      least: 1,
      more: false,
    },
  ]),
};
