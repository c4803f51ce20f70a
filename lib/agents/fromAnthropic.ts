import { defer, filter, type Observable, takeWhile } from 'rxjs';
import { type AnthropicEvent, AnthropicEvents } from './AnthropicEvents.ts';
import { decodeModelEvents } from './decodeModelEvents.ts';
import { type ModelOptions, modelHeaders } from './ModelOptions.ts';
import { type ModelMessage, modelMessages } from './modelMessages.ts';

/** The body of a request to `POST /v1/messages`, as the API describes it; `stream` is set. @category agents */
export interface AnthropicRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly object[];
}

/** The types of blocks and deltas that the contract has. */
const knownTypes = /^(text|thinking|tool_use|server_tool_use|(text|thinking|signature|input_json)_delta)$/;

/**
 * Requests an answer from a model by Anthropic's Messages API, and emits its events.
 *
 * Each subscriber sends a request of its own. Completes after `message_stop`. Unsubscribing aborts the request in the same
 * turn, which stops the model. A request is never repeated, since the API cannot continue an answer: compose `retry` of
 * RxJS where a new answer is as good.
 *
 * Errors with a {@link ConnectionError} for a response that is not a stream, with its `status` and `retryAfter`, and for one
 * that ends before `message_stop`, after all events that have arrived; with a {@link ModelError} for the event `error`; with
 * a {@link DecodeError} for an event that does not match {@link AnthropicEvents}. No message of an error contains the key,
 * or what the server sent.
 *
 * @example The text of an answer, as a stream that survives a reload
 * app.get('/answer', sse({ query: { q: t.string }, resume: true }, ({ query }) => {
 *   const messages = [{ role: 'user', content: query.q }];
 *   return fromAnthropic({ model: 'claude-sonnet-4-5', max_tokens: 1024, messages }, { apiKey: 'sk-ant-api03' }).pipe(
 *     ofType(AnthropicEvents.ContentBlockDelta),
 *     concatMap(({ data: { delta } }) => (delta.type === 'text_delta' ? [delta.text] : [])),
 *   );
 * }));
 *
 * @throws TypeError at once, for an option of a wrong type or name, and for a request that is not JSON. RangeError for
 * `maxEventBytes` out of range.
 * @see fromOpenAi, whose answers resume.
 * @category agents
 */
export function fromAnthropic<R extends AnthropicRequest>(
  request: R,
  options: ModelOptions = {},
): Observable<AnthropicEvent> {
  const headers = modelHeaders('fromAnthropic', options, {}, (key) => ({ 'x-api-key': key }));
  if (!headers.has('anthropic-version')) headers.set('anthropic-version', '2023-06-01');
  const init = { method: 'POST', headers, body: JSON.stringify({ ...request, stream: true }) };
  const { baseUrl = 'https://api.anthropic.com' } = options;
  const url = `${baseUrl.replace(/\/$/, '')}/v1/messages`;
  return defer(() => modelMessages('fromAnthropic', url, init, options)).pipe(
    filter(({ type }) => type !== 'ping'),
    decodeModelEvents(AnthropicEvents, hasKnownBlock, options),
    takeWhile(({ type }) => type !== 'message_stop', true),
  );
}

function hasKnownBlock({ content_block, delta }: ModelMessage): boolean {
  const { type = 'text' } = (content_block ?? delta ?? {}) as { readonly type?: string };
  return knownTypes.test(type);
}
