import type { PeerName } from '../Scenario.ts';
import type { Serve } from './Peer.ts';

interface PeerInfo {
  readonly title: string;
  readonly note: string;
  readonly load: () => Promise<{ readonly serve: Serve }>;
}

/** The servers that are measured, each as its own documentation shows it. A module is loaded only in the process that runs it. */
export const peers: Readonly<Record<PeerName, PeerInfo>> = {
  rxsse: {
    title: 'rxsse',
    note: '`sse(feed)` on Express',
    load: () => import('./rxsse.ts'),
  },
  hand: {
    title: 'RxJS + Express by hand',
    note: 'a Subject, `map` to text and `res.write` for each reader',
    load: () => import('./hand.ts'),
  },
  joined: {
    title: 'Node, joined',
    note: 'all events of a turn in one shared, chunked Buffer, one `socket.write` for each reader: the limit without a sweep',
    load: () => import('./bare.ts'),
  },
  write: {
    title: 'Node, a write an event',
    note: 'one shared Buffer an event, `res.write` for each reader',
    load: () => import('./bare.ts'),
  },
  nchan: {
    title: 'nginx + nchan',
    note: 'C; published to over one open socket, bursts pipelined',
    load: () => import('./nchan.ts'),
  },
  fastify: {
    title: '@fastify/sse',
    note: '`reply.sse.send` for each reader',
    load: () => import('./fastify.ts'),
  },
  'better-sse': {
    title: 'better-sse',
    note: '`channel.broadcast` on Express',
    load: () => import('./betterSse.ts'),
  },
  'express-sse': {
    title: 'express-sse',
    note: '`sse.send` on Express',
    load: () => import('./expressSse.ts'),
  },
  nest: {
    title: 'NestJS `@Sse`',
    note: 'a Subject of messages, on Express',
    load: () => import('./nest.ts'),
  },
  hono: {
    title: 'Hono `streamSSE`',
    note: 'on `@hono/node-server`, an awaited `writeSSE` for each event',
    load: () => import('./hono.ts'),
  },
  trpc: {
    title: 'tRPC subscription',
    note: 'an async generator of tracked events, over SSE',
    load: () => import('./trpc.ts'),
  },
};

export const peerNames = Object.keys(peers) as readonly PeerName[];
