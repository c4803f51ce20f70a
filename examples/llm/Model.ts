import * as t from 'io-ts';
import { concatMap, type Observable } from 'rxjs';
import { type AnthropicEvent, fromAnthropic, fromOpenAi, type ModelOptions, type OpenAiEvent } from 'rxsse/agents';
import { Chat, type ChatEvent } from './events.ts';

/** A message of a conversation, as a model gets it. */
export const ChatMessage = t.type({ role: t.keyof({ user: null, assistant: null }), content: t.string });

export type ChatMessage = t.TypeOf<typeof ChatMessage>;

/** Answers the last message of a conversation. Unsubscribing aborts the request to the model. */
export type Model = (messages: readonly ChatMessage[]) => Observable<ChatEvent>;

/** Returns a model with OpenAI's Responses API. An answer in the background survives a lost connection to the model. */
export function openAi(model: string, options: ModelOptions, background = false): Model {
  return (input) => fromOpenAi({ model, input, background }, options).pipe(concatMap(chatOfOpenAi()));
}

/** Returns a model with Anthropic's Messages API. */
export function anthropic(model: string, options: ModelOptions): Model {
  return (messages) => fromAnthropic({ model, max_tokens: 2048, messages }, options).pipe(concatMap(chatOfAnthropic()));
}

/** Returns a function that converts the events of one answer. */
function chatOfOpenAi(): (event: OpenAiEvent) => readonly ChatEvent[] {
  let reason: Reason = 'stop';

  return ({ type, data }) => {
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return [Chat.Token({ text: data.delta })];
      case 'response.output_item.done': {
        const { item } = data;
        const input = item.type === 'function_call' ? item.arguments : item.input;
        reason = 'tool_call';
        return [Chat.ToolCall({ id: item.call_id, name: item.name, arguments: input })];
      }
      case 'response.completed':
      case 'response.incomplete': {
        const { usage, incomplete_details: details } = data.response;
        const used = usage ? [Chat.Usage({ input: usage.input_tokens, output: usage.output_tokens })] : [];
        return [...used, Chat.Done({ reason: reasons[details?.reason ?? ''] ?? reason })];
      }
      default:
        return [];
    }
  };
}

/** Returns a function that converts those of Anthropic: the input of a tool comes in pieces. */
function chatOfAnthropic(): (event: AnthropicEvent) => readonly ChatEvent[] {
  let call: { readonly id: string; readonly name: string; arguments: string } | undefined;
  let input = 0;
  let reason: Reason = 'stop';

  return ({ type, data }) => {
    switch (type) {
      case 'message_start':
        input = data.message.usage.input_tokens ?? 0;
        return [];
      case 'content_block_start': {
        const { content_block: block } = data;
        call = block.type === 'tool_use' ? { id: block.id, name: block.name, arguments: '' } : undefined;
        return [];
      }
      case 'content_block_delta': {
        const { delta } = data;
        if (delta.type === 'input_json_delta' && call !== undefined) call.arguments += delta.partial_json;
        return delta.type === 'text_delta' ? [Chat.Token({ text: delta.text })] : [];
      }
      case 'content_block_stop': {
        const complete = call;
        call = undefined;
        return complete === undefined ? [] : [Chat.ToolCall({ ...complete, arguments: complete.arguments || '{}' })];
      }
      case 'message_delta':
        reason = reasons[data.delta.stop_reason ?? ''] ?? reason;
        return [Chat.Usage({ input, output: data.usage.output_tokens })];
      case 'message_stop':
        return [Chat.Done({ reason })];
    }
  };
}

type Reason = 'stop' | 'length' | 'tool_call' | 'filtered';

const reasons: Readonly<Record<string, Reason>> = {
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_use: 'tool_call',
  content_filter: 'filtered',
  refusal: 'filtered',
};

type Env = Readonly<Record<string, string | undefined>>;

/** Returns the model that the environment names, by a key or a base URL; `undefined` where it names none. */
export function modelIn(env: Env): { readonly name: string; readonly model: Model } | undefined {
  if (env.ANTHROPIC_API_KEY || env.ANTHROPIC_BASE_URL) {
    const name = env.ANTHROPIC_MODEL || 'claude-sonnet-4-5';
    return { name, model: anthropic(name, optionsOf(env.ANTHROPIC_API_KEY, env.ANTHROPIC_BASE_URL)) };
  }
  if (env.OPENAI_API_KEY || env.OPENAI_BASE_URL) {
    const name = env.OPENAI_MODEL || 'gpt-5-mini';
    // Other servers of this API may not have answers in the background.
    return { name, model: openAi(name, optionsOf(env.OPENAI_API_KEY, env.OPENAI_BASE_URL), !env.OPENAI_BASE_URL) };
  }
  return undefined;
}

function optionsOf(apiKey: string | undefined, baseUrl: string | undefined): ModelOptions {
  return { ...(apiKey && { apiKey }), ...(baseUrl && { baseUrl }) };
}
