import { createChannel, createSession } from 'better-sse';
import express from 'express';
import type { Scenario } from '../Scenario.ts';
import { listen } from './listen.ts';
import type { Served } from './Peer.ts';

export async function serve({ feeds: count = 1, heartbeat = 15_000 }: Scenario): Promise<Served> {
  const channels = Array.from({ length: count }, () => createChannel());
  const app = express();
  app.get('/events', async (request, response) => {
    const session = await createSession(request, response, { keepAlive: heartbeat });
    channels[Number(request.query.feed)]?.register(session);
  });
  return {
    port: await listen(app),
    publish: (index, numbered) => {
      for (const { n, tick } of numbered) channels[index]?.broadcast(tick, 'tick', { eventId: String(n) });
    },
    readers: () => channels.reduce((sum, channel) => sum + channel.sessionCount, 0),
  };
}
