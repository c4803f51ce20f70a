import { fileURLToPath } from 'node:url';
import type { RedisClientType } from '@redis/client';
import express, { type Express } from 'express';
import { startWith } from 'rxjs';
import { feed, receive, sse } from 'rxsse';
import { redisLog } from 'rxsse/redis';
import { Board, Posts } from './events.ts';

const page = fileURLToPath(new URL('page.html', import.meta.url));

interface BoardApp {
  readonly app: Express;
  /** Cuts the readers, who reconnect to another server, and closes the log. */
  close(): void;
}

/**
 * Serves a board that many processes share: each takes posts, and sends the posts of all of them to its readers.
 *
 * @param server the name of this process, which its readers are sent
 */
export function boardApp(client: RedisClientType, server: string): BoardApp {
  const posts = feed(Posts, { log: redisLog({ client, name: 'board' }) });
  const app = express();

  app.get('/', (_request, response) => response.sendFile(page));
  app.post('/posts', receive(posts));
  app.get(
    '/posts',
    sse({ events: Board, resume: { from: 'oldest' }, retry: 500 }, (context) =>
      posts.read(context).pipe(startWith(Board.Connected({ server }))),
    ),
  );

  return { app, close: () => posts.close() };
}
