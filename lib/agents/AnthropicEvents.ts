import * as t from 'io-ts';
import { Int } from '../codec/scalars.ts';
import { type EventOf, events } from '../event/events.ts';

const count = t.union([Int, t.null]);

const messageUsage = t.intersection([
  t.type({ output_tokens: Int }),
  t.partial({ input_tokens: count, cache_creation_input_tokens: count, cache_read_input_tokens: count }),
]);

/**
 * The events of an answer of Anthropic's Messages API, with its names, and with the fields that a program needs.
 *
 * A `ContentBlockDelta` whose type is `text_delta` is a piece of the text. The input of a tool comes as pieces of JSON, each
 * an `input_json_delta`, up to the `ContentBlockStop` of the same `index`; a tool without input has none. The usage is in
 * `MessageStart` and, with the reason of the end, in `MessageDelta`. The last event is `MessageStop`. Blocks and deltas of
 * other types are left out, and so is `ping`.
 *
 * @example Why an answer has ended
 * const request = { model: 'claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] };
 * const end = fromAnthropic(request, { apiKey: 'sk-ant-api03' }).pipe(ofType(AnthropicEvents.MessageDelta));
 * end.subscribe(({ data }) => console.log(data.delta.stop_reason, data.usage.output_tokens));
 *
 * @see https://docs.anthropic.com/en/api/messages-streaming
 * @category agents
 */
export const AnthropicEvents = events({
  MessageStart: { message: t.type({ id: t.string, model: t.string, usage: messageUsage }) },
  ContentBlockStart: {
    index: Int,
    content_block: t.union([
      t.type({ type: t.literal('text'), text: t.string }),
      t.type({ type: t.literal('thinking'), thinking: t.string }),
      t.type({ type: t.literal('tool_use'), id: t.string, name: t.string }),
      t.type({ type: t.literal('server_tool_use'), id: t.string, name: t.string }),
    ]),
  },
  ContentBlockDelta: {
    index: Int,
    delta: t.union([
      t.type({ type: t.literal('text_delta'), text: t.string }),
      t.type({ type: t.literal('thinking_delta'), thinking: t.string }),
      t.type({ type: t.literal('signature_delta'), signature: t.string }),
      t.type({ type: t.literal('input_json_delta'), partial_json: t.string }),
    ]),
  },
  ContentBlockStop: { index: Int },
  MessageDelta: { delta: t.type({ stop_reason: t.union([t.string, t.null]) }), usage: messageUsage },
  MessageStop: {},
});

/** An event of an answer of Anthropic's Messages API. @category agents */
export type AnthropicEvent = EventOf<typeof AnthropicEvents>;
