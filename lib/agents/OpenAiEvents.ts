import * as t from 'io-ts';
import { Int } from '../codec/scalars.ts';
import { event } from '../event/event.ts';
import { type EventOf, events } from '../event/events.ts';

/** The position of a piece within the answer. */
const piece = { item_id: t.string, output_index: Int, delta: t.string };

const call = {
  output_index: Int,
  item: t.union([
    t.type({ type: t.literal('function_call'), call_id: t.string, name: t.string, arguments: t.string }),
    t.type({ type: t.literal('custom_tool_call'), call_id: t.string, name: t.string, input: t.string }),
  ]),
};

const answerUsage = t.intersection([
  t.type({ input_tokens: Int, output_tokens: Int }),
  t.partial({
    input_tokens_details: t.partial({ cached_tokens: Int }),
    output_tokens_details: t.partial({ reasoning_tokens: Int }),
  }),
]);

const end = {
  response: t.intersection([
    t.type({ id: t.string }),
    t.partial({
      status: t.string,
      usage: t.union([answerUsage, t.null]),
      incomplete_details: t.union([t.partial({ reason: t.string }), t.null]),
    }),
  ]),
};

/**
 * The events of an answer of OpenAI's Responses API, with its names, and with the fields that a program needs.
 *
 * `OutputTextDelta` is a piece of the text. `OutputItemDone` is a complete call of a function or of a custom tool. The last
 * event is `Completed`, or `Incomplete` for an answer that was cut short, with the usage.
 *
 * @example Only the text of an answer
 * const answer = fromOpenAi({ model: 'gpt-5', input: 'Hello' }, { apiKey: 'sk-proj' });
 * const text = answer.pipe(ofType(OpenAiEvents.OutputTextDelta), map(({ data }) => data.delta));
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 * @category agents
 */
export const OpenAiEvents = events({
  Created: event('response.created', { response: t.type({ id: t.string }) }),
  OutputTextDelta: event('response.output_text.delta', piece),
  RefusalDelta: event('response.refusal.delta', piece),
  ReasoningSummaryTextDelta: event('response.reasoning_summary_text.delta', piece),
  ReasoningTextDelta: event('response.reasoning_text.delta', piece),
  FunctionCallArgumentsDelta: event('response.function_call_arguments.delta', piece),
  OutputItemAdded: event('response.output_item.added', call),
  OutputItemDone: event('response.output_item.done', call),
  Completed: event('response.completed', end),
  Incomplete: event('response.incomplete', end),
});

/** An event of an answer of OpenAI's Responses API. @category agents */
export type OpenAiEvent = EventOf<typeof OpenAiEvents>;
