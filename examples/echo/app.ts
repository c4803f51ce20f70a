import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import * as t from 'io-ts';
import { merge } from 'rxjs';
import { sse } from 'rxsse';
import { contract } from 'rxsse/contract';
import { Echoes } from './events.ts';
import { echo, handWritten, reverseEcho } from './streams.ts';

const page = fileURLToPath(new URL('page.html', import.meta.url));
const query = { message: t.string };

/** Returns the three endpoints, their page, and the page that describes them, as an Express app. */
export function echoApp(): Express {
  const app = express();

  app.get('/', (_request, response) => response.sendFile(page));

  const sse1 = sse({ query, resume: true }, ({ query }) => handWritten(query.message));
  app.get('/sse', sse1);

  const sse2 = sse({ events: Echoes, query, resume: true }, ({ query }) => echo(query.message));
  app.get('/sse2', sse2);

  const sse3 = sse({ events: Echoes, query, resume: true }, ({ query }) =>
    merge(echo(query.message), reverseEcho(query.message)),
  );
  app.get('/sse3', sse3);

  app.locals.routes = { '/sse': [sse1], '/sse2': [sse2], '/sse3': [sse3] };
  app.use('/streams', contract(app.locals.routes, { title: 'Echo' }));

  return app;
}
