import {
  concat,
  concatMap,
  defer,
  filter,
  map,
  type Observable,
  type OperatorFunction,
  takeWhile,
  throwError,
} from 'rxjs';
import { fromReadable, groupedWithin } from 'rxsse';
import { parseFrames } from 'rxsse/wire';
import { askAnthropic, readAnthropic } from './anthropic.ts';
import { Chat, type ChatEvent } from './events.ts';
import type { ChatMessage, Model } from './Model.ts';
import { ModelError } from './ModelError.ts';
import { askOpenAi, readOpenAi } from './openai.ts';

const formats = {
  openai: { ask: askOpenAi, read: readOpenAi },
  anthropic: { ask: askAnthropic, read: readAnthropic },
};

/** Emits a model's answer, from its first token to `done`. Unsubscribing aborts the request in the same turn. */
export function answer(model: Model, messages: readonly ChatMessage[], run: string): Observable<ChatEvent> {
  const { ask, read } = formats[model.format];
  const { url, headers, body } = ask(model, messages);
  const bytes = fromReadable<Uint8Array>(async (signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw ModelError.ofStatus(response.status);
    return response.body;
  });
  const events = defer(() =>
    bytes.pipe(
      parseFrames(),
      filter((frame) => frame._tag === 'Message'),
      map(({ data }) => data),
      concatMap(read(run)),
    ),
  );
  const unfinished = throwError(() => new ModelError('The model stopped in the middle of the answer.'));
  return concat(events, unfinished).pipe(takeWhile(({ type }) => type !== 'done', true));
}

/** How tokens are combined. */
export interface Grouping {
  /** The longest that a token is held back, in milliseconds. */
  readonly maxDelay: number;
  /** The most bytes of one event's text, unless a single token is larger. */
  readonly maxBytes: number;
}

/** Combines tokens that arrive close together: an event for each would cost more than its content. */
export function groupTokens({ maxDelay, maxBytes }: Grouping): OperatorFunction<ChatEvent, ChatEvent> {
  return (events) => events.pipe(groupedWithin({ maxDelay, maxBytes, sizeOf }), concatMap(joined));
}

function sizeOf(event: ChatEvent): number {
  return event.type === 'token' ? Buffer.byteLength(event.data.text) : 0;
}

/** Joins the consecutive tokens of a group. */
function joined(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const result: ChatEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (last?.type !== 'token' || event.type !== 'token') result.push(event);
    else result[result.length - 1] = Chat.Token({ run: event.data.run, text: last.data.text + event.data.text });
  }
  return result;
}
