import express, { type Express } from 'express';
import { feed, receive, type ShutdownOptions, shutdown, sse } from 'rxsse';
import { lmdbLog } from 'rxsse/lmdb';
import { Counts } from './events.ts';

interface RollingApp {
  readonly app: Express;
  /** Disconnects the readers, which reconnect to the next server, and closes the log. */
  leave(): Promise<void>;
}

/** @param data the folder of the log, which successive servers share */
export function rollingApp(data: string, options: ShutdownOptions): RollingApp {
  const counts = feed(Counts, { log: lmdbLog({ path: data }) });
  const route = sse({ resume: { from: 'oldest' }, retry: 1000 }, counts);
  const app = express();

  app.get('/counts', route);
  app.post('/counts', receive(counts));

  return {
    app,
    leave: async () => {
      await shutdown(route, options);
      counts.close();
    },
  };
}
