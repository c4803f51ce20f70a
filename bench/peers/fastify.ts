import { fastifySSE } from '@fastify/sse';
import fastify from 'fastify';
import type { Numbered, Scenario } from '../Scenario.ts';
import { backlog, targetOf } from './listen.ts';
import type { Served } from './Peer.ts';

type Send = (event: Numbered) => void;

export async function serve({ feeds: count = 1, heartbeat = 15_000 }: Scenario): Promise<Served> {
  const feeds = Array.from({ length: count }, () => new Set<Send>());
  const app = fastify();
  await app.register(fastifySSE, { heartbeatInterval: heartbeat });
  app.get('/events', { sse: { kind: 'only' } }, async (request, reply) => {
    const feed = feeds[targetOf(request.url).feed];
    const send: Send = ({ n, tick }) => void reply.sse.send({ id: String(n), event: 'tick', data: tick });
    reply.sse.keepAlive();
    await reply.sse.send({ data: 'connected' });
    feed?.add(send);
    reply.sse.onClose(() => feed?.delete(send));
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1', backlog });
  return {
    port: Number(new URL(address).port),
    publish: (index, numbered) => {
      for (const one of numbered) for (const send of feeds[index] ?? []) send(one);
    },
    readers: () => feeds.reduce((sum, feed) => sum + feed.size, 0),
  };
}
