import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { feed, receive, sse } from 'rxsse';
import { lmdbLog } from 'rxsse/lmdb';
import { Notifications } from './events.ts';

const page = fileURLToPath(new URL('page.html', import.meta.url));

interface NotificationsApp {
  readonly app: Express;
  /** Closes the log. */
  close(): void;
}

/**
 * Stores what is posted and sends it to every reader, after any restart.
 *
 * @param data the folder of the log; several processes may share it
 */
export function notificationsApp(data: string): NotificationsApp {
  const notifications = feed(Notifications, { log: lmdbLog({ path: data, durability: 'flushed' }) });
  const app = express();

  app.get('/', (_request, response) => response.sendFile(page));
  const read = sse({ resume: { from: 'oldest' }, retry: 1000 }, notifications);
  const publish = receive(notifications);
  app.get('/notifications', read).post('/notifications', publish);
  app.locals.routes = { '/notifications': [read, publish] };
  app.locals.feeds = { notifications };

  return { app, close: () => notifications.close() };
}
