import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { NonEmptyString, sse } from 'rxsse';
import { Relay, type RelayOptions } from './Relay.ts';

const page = fileURLToPath(new URL('page.html', import.meta.url));
const params = { id: t.string };
const Question = t.type({ text: NonEmptyString });
const statuses = { asked: 202, busy: 409, full: 503 };

interface LlmApp {
  readonly app: Express;
  /** Cancels the running answers. */
  close(): void;
}

/** Returns a page, and for each conversation its stream, its questions and a stop route. */
export function llmApp(options: RelayOptions): LlmApp {
  const relay = new Relay(options);
  const app = express();

  // Anyone who knows the id of a conversation may read it: it is as long as a key, and the page creates it.
  app.param('id', (_request, response, next, id) => (/^[\w-]{16,64}$/.test(id) ? next() : response.sendStatus(404)));

  app.get('/', (_request, response) => response.sendFile(page));

  app.get(
    '/conversations/:id',
    sse(
      {
        params,
        resume: { from: 'oldest' },
        retry: 1000,
        onOpen: ({ params }) => relay.joined(params.id),
        onClose: (_reason, _counters, { params }) => relay.left(params.id),
      },
      ({ params }) => relay.conversations.get(params.id),
    ),
  );

  app.post('/conversations/:id/questions', express.json({ limit: '32kb' }), ({ params, body }, response) => {
    const question = Question.decode(body);
    if (isLeft(question)) response.sendStatus(422);
    else response.sendStatus(statuses[relay.ask(String(params.id), question.right.text)]);
  });

  app.post('/conversations/:id/stop', ({ params }, response) => {
    relay.stop(params.id);
    response.sendStatus(204);
  });

  return { app, close: () => relay.close() };
}
