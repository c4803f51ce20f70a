import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import * as t from 'io-ts';
import { merge } from 'rxjs';
import { sse } from 'rxsse';
import { Echoes } from './events.ts';
import { echo, handWritten, reverseEcho } from './streams.ts';

const page = fileURLToPath(new URL('page.html', import.meta.url));
const query = { message: t.string };

/** Returns the three endpoints and their page as an Express app. */
export function echoApp(): Express {
  const app = express();

  app.get('/', (_request, response) => response.sendFile(page));

  app.get(
    '/sse',
    sse({ query, resume: true }, ({ query }) => handWritten(query.message)),
  );

  app.get(
    '/sse2',
    sse({ events: Echoes, query, resume: true }, ({ query }) => echo(query.message)),
  );

  app.get(
    '/sse3',
    sse({ events: Echoes, query, resume: true }, ({ query }) => merge(echo(query.message), reverseEcho(query.message))),
  );

  return app;
}
