import { expect } from 'chai';
import fc from 'fast-check';
import { lastValueFrom, toArray } from 'rxjs';
import {
  type AnthropicEvent,
  fromAnthropic,
  fromOpenAi,
  ModelError,
  type OpenAiEvent,
} from '../../lib/agents/index.ts';
import { anthropicAnswer, openAiAnswer, type Piece } from '../agents/modelAnswers.ts';
import { modelServer } from '../agents/modelServer.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { load } from './load.ts';

interface OpenAiItem {
  readonly type: string;
  readonly name?: string;
  readonly call_id?: string;
  readonly arguments?: string;
}

interface OpenAiResponse {
  readonly output_text: string;
  readonly output: readonly OpenAiItem[];
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

interface OpenAiSdk {
  readonly responses: {
    stream(body: object): { finalResponse(): Promise<OpenAiResponse> };
    retrieve(id: string, query: object): Promise<AsyncIterable<{ readonly sequence_number: number }>>;
    cancel(id: string): Promise<unknown>;
  };
}

interface AnthropicBlock {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
}

interface AnthropicMessage {
  readonly content: readonly AnthropicBlock[];
  readonly stop_reason: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

interface AnthropicSdk {
  readonly messages: { stream(body: object): { finalMessage(): Promise<AnthropicMessage> } };
}

type Sdk<T> = { readonly default: new (options: { baseURL: string; apiKey: string; maxRetries: number }) => T };

const json = fc.dictionary(fc.string(), fc.string()).map((input) => JSON.stringify(input));
const pieces: fc.Arbitrary<readonly Piece[]> = fc.array(
  fc.oneof(
    fc.record({ text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) }),
    fc.record({ reasoning: fc.string({ minLength: 2, maxLength: 20 }) }),
    fc.record({ tool: fc.constantFrom('look', 'tell'), input: json }),
  ),
  { minLength: 1, maxLength: 5 },
);

/** The parts of an answer that a program needs. */
interface Answer {
  readonly text: string;
  readonly calls: readonly { readonly id: unknown; readonly name: unknown; readonly input: unknown }[];
  readonly input_tokens: number | null | undefined;
  readonly output_tokens: number | undefined;
}

function openAiParts(events: readonly OpenAiEvent[]): Answer {
  let text = '';
  const calls: Answer['calls'][number][] = [];
  let usage: { readonly input_tokens: number; readonly output_tokens: number } | null | undefined;
  for (const { type, data } of events) {
    if (type === 'response.output_text.delta') text += data.delta;
    if (type === 'response.output_item.done' && data.item.type === 'function_call') {
      calls.push({ id: data.item.call_id, name: data.item.name, input: JSON.parse(data.item.arguments) });
    }
    if (type === 'response.completed') usage = data.response.usage;
  }
  return { text, calls, input_tokens: usage?.input_tokens, output_tokens: usage?.output_tokens };
}

function anthropicParts(events: readonly AnthropicEvent[]): Answer {
  let text = '';
  const calls = new Map<number, { id: string; name: string; input: string }>();
  let [input_tokens, output_tokens]: [number | null | undefined, number | undefined] = [undefined, undefined];
  for (const { type, data } of events) {
    if (type === 'message_start') input_tokens = data.message.usage.input_tokens;
    if (type === 'content_block_start' && data.content_block.type === 'tool_use') {
      const { id, name } = data.content_block;
      calls.set(data.index, { id, name, input: '' });
    }
    if (type === 'content_block_delta') {
      const call = calls.get(data.index);
      if (data.delta.type === 'text_delta') text += data.delta.text;
      if (data.delta.type === 'input_json_delta' && call !== undefined) call.input += data.delta.partial_json;
    }
    if (type === 'message_delta') output_tokens = data.usage.output_tokens;
  }
  const complete = [...calls.values()].map(({ input, ...call }) => ({ ...call, input: JSON.parse(input) }));
  return { text, calls: complete, input_tokens, output_tokens };
}

describe('the sources of models', () => {
  requires('clients');

  let OpenAI: Sdk<OpenAiSdk>['default'];
  let Anthropic: Sdk<AnthropicSdk>['default'];
  before(async () => {
    ({ default: OpenAI } = await load<Sdk<OpenAiSdk>>('openai'));
    ({ default: Anthropic } = await load<Sdk<AnthropicSdk>>('@anthropic-ai/sdk'));
  });
  const options = { apiKey: 'k', maxRetries: 0 };
  const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: '?' }] };

  it('read the same text, calls and usage from OpenAI as openai does, also when the connection is cut', () =>
    fc.assert(
      fc.asyncProperty(pieces, fc.nat(), async (parts, cut) => {
        const answer = openAiAnswer(parts);
        await listen(modelServer(answer).listener, async (url) => {
          const { output_text, output, usage } = await new OpenAI({ ...options, baseURL: url }).responses
            .stream({ model: 'm', input: '?' })
            .finalResponse();
          const expected = {
            text: output_text,
            calls: output
              .filter(({ type }) => type === 'function_call')
              .map((call) => ({ id: call.call_id, name: call.name, input: JSON.parse(call.arguments ?? '') })),
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
          };
          const whole = fromOpenAi({ model: 'm', input: '?' }, { baseUrl: url });
          expect(openAiParts(await lastValueFrom(whole.pipe(toArray())))).to.deep.equal(expected);
          const model = modelServer(answer, { cuts: [1000 + (cut % 3000), 200] });
          await listen(model.listener, async (baseUrl) => {
            const backoff = { initialDelay: 1, maxDelay: 1 };
            const cutOff = fromOpenAi({ model: 'm', input: '?', background: true }, { baseUrl, backoff });
            expect(openAiParts(await lastValueFrom(cutOff.pipe(toArray())))).to.deep.equal(expected);
          });
        });
      }),
      { numRuns: 25 },
    ));

  it('resume and cancel an answer of OpenAI by the requests that openai sends', async () => {
    const answer = openAiAnswer([{ text: 'one two three' }]);
    const urlsOf = async (use: (url: string) => Promise<unknown>) => {
      const model = modelServer(answer, { cuts: [1200, undefined] });
      await listen(model.listener, use);
      return model.requests.slice(1).map(({ method, url, headers }) => [method, url, headers.authorization]);
    };
    const bySource = await urlsOf(
      (baseUrl) =>
        new Promise((resolve) => {
          let sent = 0;
          const reading = fromOpenAi(
            { model: 'm', background: true },
            {
              baseUrl,
              apiKey: 'k',
              backoff: { initialDelay: 1, maxDelay: 1 },
              fetch: async (...request) => {
                const response = await fetch(...request);
                if (++sent === 3) resolve(undefined);
                return response;
              },
            },
          ).subscribe(
            ({ type, data }) =>
              type === 'response.output_text.delta' && /two/.test(data.delta) && reading.unsubscribe(),
          );
        }),
    );
    const after = Number(/\d+$/.exec(`${bySource[0]?.[1]}`)?.[0]);
    const bySdk = await urlsOf(async (url) => {
      const { responses } = new OpenAI({ ...options, baseURL: url });
      await responses
        .stream({ model: 'm', background: true })
        .finalResponse()
        .catch(() => {});
      for await (const _ of await responses.retrieve('resp_1', { stream: true, starting_after: after }));
      await responses.cancel('resp_1');
    });
    expect(bySource).to.have.length(2).and.deep.equal(bySdk);
  });

  it('read the same text, calls and usage from Anthropic as @anthropic-ai/sdk does', () =>
    fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        await listen(modelServer(anthropicAnswer(parts)).listener, async (url) => {
          const { content, usage } = await new Anthropic({ ...options, baseURL: url }).messages
            .stream(request)
            .finalMessage();
          const events = await lastValueFrom(fromAnthropic(request, { baseUrl: url }).pipe(toArray()));
          expect(anthropicParts(events)).to.deep.equal({
            text: content.map(({ text = '' }) => text).join(''),
            calls: content
              .filter(({ type }) => type === 'tool_use')
              .map(({ id, name, input }) => ({ id, name, input })),
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
          });
        });
      }),
      { numRuns: 25 },
    ));

  it('error where the clients error: an event that reports an error, and an answer without its end', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', code: 'overloaded', message: 'busy' } };
    const [openAi, anthropic] = [openAiAnswer([{ text: 'a b' }]), anthropicAnswer([{ text: 'a b' }])];
    const failureOf = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    for (const more of [[error], []]) {
      await listen(modelServer([...openAi.slice(0, 6), ...more]).listener, async (url) => {
        const { responses } = new OpenAI({ ...options, baseURL: url });
        const bySdk = await failureOf(responses.stream({ model: 'm' }).finalResponse());
        // The client of OpenAI takes an answer without its end for a whole one.
        expect(bySdk instanceof Error).to.equal(more.length > 0);
        const thrown = await failureOf(lastValueFrom(fromOpenAi({ model: 'm' }, { baseUrl: url })));
        expect(thrown instanceof ModelError).to.equal(more.length > 0);
        expect(thrown).to.be.instanceOf(Error);
      });
      await listen(modelServer([...anthropic.slice(0, 5), ...more]).listener, async (url) => {
        const bySdk = await failureOf(
          new Anthropic({ ...options, baseURL: url }).messages.stream(request).finalMessage(),
        );
        expect(bySdk).to.be.instanceOf(Error);
        const thrown = await failureOf(lastValueFrom(fromAnthropic(request, { baseUrl: url })));
        expect(thrown instanceof ModelError).to.equal(more.length > 0);
        expect(thrown).to.be.instanceOf(Error);
      });
    }
  });
});
