import { bufferTime, concat, concatMap, defer, filter, map, type Observable, takeWhile, throwError } from 'rxjs';
import { fromReadable } from 'rxsse';
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

/** A model's answer, from its first token to `done`. Unsubscribing cancels the request in the same turn. */
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
  const said = defer(() =>
    bytes.pipe(
      parseFrames(),
      filter((frame) => frame._tag === 'Message'),
      map(({ data }) => data),
      concatMap(read(run)),
    ),
  );
  const unfinished = throwError(() => new ModelError('The model stopped in the middle of the answer.'));
  return concat(said, unfinished).pipe(takeWhile(({ type }) => type !== 'done', true));
}

/** Tokens that are held at a time, at most. */
const atOnce = 256;

/** How many tokens make one event. */
export interface Grouping {
  /** The longest that a token is held back, in milliseconds. */
  readonly every: number;
  /** The most bytes of one event's text, a single token's own apart. */
  readonly bytes: number;
}

/** Brings tokens together: an event for each would cost more than what it carries. */
export function groupTokens({ every, bytes }: Grouping): (events: Observable<ChatEvent>) => Observable<ChatEvent> {
  return (events) => events.pipe(bufferTime(every, null, atOnce), concatMap(joined(bytes)));
}

function joined(bytes: number): (events: readonly ChatEvent[]) => readonly ChatEvent[] {
  return (events) => {
    const groups: ChatEvent[] = [];
    for (const event of events) {
      const last = groups.at(-1);
      const text = last?.type === 'token' && event.type === 'token' ? last.data.text + event.data.text : undefined;
      if (text === undefined || Buffer.byteLength(text) > bytes) groups.push(event);
      else groups[groups.length - 1] = Chat.Token({ run: event.data.run, text });
    }
    return groups;
  };
}
