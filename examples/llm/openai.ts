import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Chat, type ChatEvent } from './events.ts';
import type { ChatMessage, Model } from './Model.ts';
import { ModelError, parseJson } from './ModelError.ts';

const Text = t.union([t.string, t.null, t.undefined]);

const ToolPiece = t.intersection([
  t.type({ index: t.number }),
  t.partial({ id: Text, function: t.partial({ name: Text, arguments: Text }) }),
]);

const Chunk = t.intersection([
  t.type({
    choices: t.array(
      t.intersection([
        t.type({ delta: t.partial({ content: Text, tool_calls: t.union([t.array(ToolPiece), t.null]) }) }),
        t.partial({ finish_reason: Text }),
      ]),
    ),
  }),
  t.partial({ usage: t.union([t.type({ prompt_tokens: t.Int, completion_tokens: t.Int }), t.null]) }),
]);

const reasons: Readonly<Record<string, 'stop' | 'length' | 'tool_call' | 'filtered'>> = {
  length: 'length',
  tool_calls: 'tool_call',
  content_filter: 'filtered',
};

/** Returns the request of a question in the format of OpenAI's chat completions, which many servers accept. */
export function askOpenAi(model: Model, messages: readonly ChatMessage[]) {
  return {
    url: `${model.baseUrl}/chat/completions`,
    headers: { authorization: `Bearer ${model.key}` },
    body: { model: model.name, messages, stream: true, stream_options: { include_usage: true } },
  };
}

/**
 * Returns a function that converts the messages of an answer, one after the other. A tool call is emitted when it is
 * complete.
 */
export function readOpenAi(run: string): (data: string) => readonly ChatEvent[] {
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  let reason = '';

  const called = (pieces: readonly t.TypeOf<typeof ToolPiece>[]): void => {
    for (const { index, id, function: named } of pieces) {
      const call = calls.get(index) ?? { id: '', name: '', arguments: '' };
      call.id += id ?? '';
      call.name += named?.name ?? '';
      call.arguments += named?.arguments ?? '';
      calls.set(index, call);
    }
  };

  return (data) => {
    if (data === '[DONE]') return [Chat.Done({ run, reason: reasons[reason] ?? 'stop' })];
    const json = parseJson(data);
    if (typeof json === 'object' && json !== null && 'error' in json) throw ModelError.broken();
    const chunk = Chunk.decode(json);
    if (isLeft(chunk)) throw ModelError.unreadable();
    const { choices, usage } = chunk.right;
    const events: ChatEvent[] = [];
    for (const { delta, finish_reason } of choices) {
      if (delta.content) events.push(Chat.Token({ run, text: delta.content }));
      called(delta.tool_calls ?? []);
      if (!finish_reason) continue;
      reason = finish_reason;
      for (const call of calls.values()) events.push(Chat.ToolCall({ run, ...call }));
      calls.clear();
    }
    if (usage) events.push(Chat.Usage({ run, input: usage.prompt_tokens, output: usage.completion_tokens }));
    return events;
  };
}
