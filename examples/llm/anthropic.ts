import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Chat, type ChatEvent } from './events.ts';
import type { ChatMessage, Model } from './Model.ts';
import { ModelError, parseJson } from './ModelError.ts';

/** The kinds of messages that are used; others, such as `ping`, are ignored. */
const Kinds = {
  message_start: t.type({ message: t.type({ usage: t.type({ input_tokens: t.Int }) }) }),
  content_block_start: t.type({
    content_block: t.intersection([t.type({ type: t.string }), t.partial({ id: t.string, name: t.string })]),
  }),
  content_block_delta: t.type({ delta: t.partial({ text: t.string, partial_json: t.string }) }),
  message_delta: t.type({
    delta: t.type({ stop_reason: t.union([t.string, t.null]) }),
    usage: t.type({ output_tokens: t.Int }),
  }),
};

const reasons: Readonly<Record<string, 'stop' | 'length' | 'tool_call' | 'filtered'>> = {
  max_tokens: 'length',
  tool_use: 'tool_call',
  refusal: 'filtered',
};

/** Returns the request of a question in the format of Anthropic's messages. */
export function askAnthropic(model: Model, messages: readonly ChatMessage[]) {
  return {
    url: `${model.baseUrl}/v1/messages`,
    headers: { 'x-api-key': model.key, 'anthropic-version': '2023-06-01' },
    body: { model: model.name, messages, stream: true, max_tokens: 2048 },
  };
}

/**
 * Returns a function that converts the messages of an answer, one after the other. A tool call is emitted when it is
 * complete.
 */
export function readAnthropic(run: string): (data: string) => readonly ChatEvent[] {
  let call: { id: string; name: string; arguments: string } | undefined;
  let input = 0;
  let reason = '';

  return (data) => {
    const message: unknown = parseJson(data);
    switch ((message as { type?: unknown } | null)?.type) {
      case 'message_start':
        input = decoded(Kinds.message_start, message).message.usage.input_tokens;
        return [];
      case 'content_block_start': {
        const { type, id = '', name = '' } = decoded(Kinds.content_block_start, message).content_block;
        call = type === 'tool_use' ? { id, name, arguments: '' } : undefined;
        return [];
      }
      case 'content_block_delta': {
        const { text, partial_json = '' } = decoded(Kinds.content_block_delta, message).delta;
        if (call !== undefined) call.arguments += partial_json;
        return text ? [Chat.Token({ run, text })] : [];
      }
      case 'content_block_stop': {
        const complete = call;
        call = undefined;
        return complete === undefined
          ? []
          : [Chat.ToolCall({ run, ...complete, arguments: complete.arguments || '{}' })];
      }
      case 'message_delta': {
        const { delta, usage } = decoded(Kinds.message_delta, message);
        reason = delta.stop_reason ?? reason;
        return [Chat.Usage({ run, input, output: usage.output_tokens })];
      }
      case 'message_stop':
        return [Chat.Done({ run, reason: reasons[reason] ?? 'stop' })];
      case 'error':
        throw ModelError.broken();
      default:
        return [];
    }
  };
}

function decoded<C extends t.Mixed>(codec: C, value: unknown): t.TypeOf<C> {
  const result = codec.decode(value);
  if (isLeft(result)) throw ModelError.unreadable();
  return result.right;
}
