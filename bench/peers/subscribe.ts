import { createClient } from '@redis/client';
import express from 'express';
import type { Scenario } from '../Scenario.ts';
import { comment, frame, headers } from './frame.ts';
import { listen } from './listen.ts';
import type { AcrossPeer } from './Peer.ts';
import { Unacknowledged } from './Unacknowledged.ts';

const channel = 'ticks';

export const openPublisher: AcrossPeer['openPublisher'] = async (scenario) => {
  const client = await connect(scenario);
  const unacknowledged = new Unacknowledged();
  return {
    publish: (_, numbered) => {
      for (const one of numbered) unacknowledged.add(1, client.publish(channel, frame(one)));
    },
    ready: () => unacknowledged.ready(),
  };
};

/** Serves each reader with a connection of its own that subscribes, as answers and tutorials show it. */
export const serveReaders: AcrossPeer['serveReaders'] = async (scenario) => {
  const { heartbeat = 15_000 } = scenario;
  const app = express();
  app.get('/events', async (request, response) => {
    const subscriber = await connect(scenario);
    await subscriber.subscribe(channel, (text) => {
      response.write(text);
    });
    const heartbeatTimer = setInterval(() => {
      response.write(comment);
    }, heartbeat);
    request.on('close', () => {
      clearInterval(heartbeatTimer);
      subscriber.destroy();
    });
    response.writeHead(200, headers);
    response.flushHeaders();
  });
  return listen(app);
};

function connect({ storage }: Scenario) {
  return createClient({ url: storage?.at ?? '' })
    .on('error', () => {})
    .connect();
}
