import express from 'express';
import { feed, sse } from 'rxsse';
import { openLog, Ticks } from '../openLog.ts';
import { listen } from './listen.ts';
import type { AcrossPeer } from './Peer.ts';
import { Unacknowledged } from './Unacknowledged.ts';

export const openPublisher: AcrossPeer['openPublisher'] = async ({ log = 'memory', storage }) => {
  const ticks = feed(Ticks, { log: (await openLog(log, storage)).log });
  const unacknowledged = new Unacknowledged();
  return {
    publish: (_, numbered) => {
      for (const { tick } of numbered) {
        const ack = ticks.publish(Ticks.Tick(tick));
        unacknowledged.add(1, Promise.resolve(ack));
      }
    },
    ready: () => unacknowledged.ready(),
  };
};

export const serveReaders: AcrossPeer['serveReaders'] = async ({ log = 'memory', storage, history }) => {
  const ticks = feed(Ticks, { log: (await openLog(log, storage)).log });
  const from = history === undefined ? 'live' : 'oldest';
  const app = express();
  app.get('/events', sse({ resume: { from } }, ticks));
  return listen(app);
};
