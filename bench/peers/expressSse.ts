import express from 'express';
import SSE from 'express-sse';
import type { Scenario } from '../Scenario.ts';
import { listen } from './listen.ts';
import type { Served } from './Peer.ts';

export async function serve({ feeds: count = 1 }: Scenario): Promise<Served> {
  const streams = Array.from({ length: count }, () => new SSE());
  const app = express();
  app.get('/events', (request, response) => streams[Number(request.query.feed)]?.init(request, response));
  return {
    port: await listen(app),
    publish: (index, numbered) => {
      for (const { n, tick } of numbered) streams[index]?.send(tick, 'tick', n);
    },
  };
}
