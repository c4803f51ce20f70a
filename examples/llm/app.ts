import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import * as t from 'io-ts';
import { concat, concatMap, of } from 'rxjs';
import { type EventLog, groupedWithin, sse, stop } from 'rxsse';
import { Chat, type ChatEvent } from './events.ts';
import { ChatMessage, type Model } from './Model.ts';
import { messageOf } from './messageOf.ts';

export interface LlmOptions {
  readonly model: Model;
  /** Creates the log of one answer. @default in memory: an answer then ends with its process */
  readonly log?: (id: string) => EventLog;
  /** How long an answer in memory continues without a reader, in milliseconds; 0 aborts it at once. @default 60000 */
  readonly linger?: number;
  /** The most answers that are retained. @default 100 */
  readonly maxAnswers?: number;
  /** Called with the details of a failure, which readers do not get. @default not called */
  readonly onError?: (error: unknown) => void;
}

const folder = fileURLToPath(new URL('page', import.meta.url));
/** The page has no inline script and no inline style, and reads this server alone. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'";

/** Returns a page, and the answers of a model: POST starts one, GET reads it again, DELETE stops it. */
export function llmApp({ model, log, linger = 60_000, maxAnswers = 100, onError = () => {} }: LlmOptions): Express {
  const answers = sse(
    {
      events: Chat,
      body: { messages: t.array(ChatMessage) },
      allowedOrigins: [],
      retry: 1000,
      resume: {
        linger,
        maxRuns: maxAnswers,
        location: (_context, cursor) => `?lastEventId=${cursor}`,
        ...(log && { log }),
      },
      onError: (error) => {
        onError(error);
        return Chat.Failed({ message: messageOf(error) });
      },
    },
    ({ body: { messages } }) =>
      concat(
        of(Chat.Question({ text: messages.at(-1)?.content ?? '' })),
        model(messages).pipe(groupedWithin({ maxDelay: 0 }), concatMap(joinTokens)),
      ),
  );

  const stopAnswer = stop(answers);

  const app = express();
  app.use(express.static(folder, { setHeaders: (response) => response.setHeader('Content-Security-Policy', policy) }));
  app
    .route('/answers')
    .post(express.json({ limit: '256kb' }), answers)
    .get(answers)
    .delete(stopAnswer);
  app.locals.routes = { '/answers': [answers, stopAnswer] };
  return app;
}

/** Joins the adjacent tokens of what came in one turn: an event for each would cost more than its text. */
function joinTokens(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const joined: ChatEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (last?.type !== 'token' || event.type !== 'token') joined.push(event);
    else joined[joined.length - 1] = Chat.Token({ text: last.data.text + event.data.text });
  }
  return joined;
}
