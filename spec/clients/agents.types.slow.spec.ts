import { expect } from 'chai';
import ts from 'typescript';
import { programOf } from '../house/program.ts';
import { root } from '../house/repo.ts';
import { requires } from '../support/requires.ts';

/** Returns what the compiler says about a module that imports the clients. */
function mistakesOf(text: string): readonly string[] {
  const path = 'spec/clients/packages/agents.types.ts';
  const program = programOf([], new Map([[path, text]]));
  const source = program.getSourceFile(`${root}/${path}`);
  return program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 600));
}

const adapters: Readonly<Record<string, string>> = {
  'ResumingChatTransport for useChat of the AI SDK': `
    import type { ChatTransport, UIMessage } from 'ai';
    import { ResumingChatTransport } from 'rxsse/agents';
    export const transport: ChatTransport<UIMessage> = new ResumingChatTransport({ api: '/api/chat' });
    const inferred = new ResumingChatTransport();
    export const again: ChatTransport<UIMessage> = inferred;
  `,
  'the stream of streamText for chatRoutes': `
    import { convertToModelMessages, streamText, type UIMessage } from 'ai';
    import type express from 'express';
    import { type ChatRequest, chatRoutes } from 'rxsse/agents';
    declare const app: express.Express;
    const chats = chatRoutes({ owner: (request) => request.ip }, async ({ messages, signal }: ChatRequest<UIMessage, express.Request>) =>
      streamText({ model: 'openai/gpt-5', messages: await convertToModelMessages(messages), abortSignal: signal }).toUIMessageStream(),
    );
    app.use('/api/chat', chats);
    const onWeb = chatRoutes({}, async ({ messages }: ChatRequest<UIMessage, Request>) =>
      streamText({ model: 'openai/gpt-5', messages: await convertToModelMessages(messages) }).toUIMessageStream(),
    );
    export const GET: (request: Request) => Promise<Response> = onWeb;
  `,
  'streamDurability for TanStack AI': `
    import { resumeServerSentEventsResponse, type StreamChunk, type StreamDurability, toServerSentEventsResponse } from '@tanstack/ai';
    import { streamDurability } from 'rxsse/agents';
    const durability = streamDurability();
    export const POST = (request: Request, chunks: AsyncIterable<StreamChunk>): Response =>
      toServerSentEventsResponse(chunks, { durability: { adapter: durability(request) } });
    export const GET = (request: Request): Response => resumeServerSentEventsResponse({ adapter: durability(request) });
    export const named: StreamDurability = durability({ runId: 'a' });
  `,
  'resumableStreamStore for assistant-ui': `
    import { createResumableStreamContext, type ResumableStreamStore } from 'assistant-stream/resumable';
    import { resumableStreamStore } from 'rxsse/agents';
    export const store: ResumableStreamStore = resumableStreamStore();
    export const context = createResumableStreamContext({ store: resumableStreamStore() });
  `,
  'an agent of AG-UI for agentRunner': `
    import { type AbstractAgent, type BaseEvent, HttpAgent, type RunAgentInput } from '@ag-ui/client';
    import { type AgUiAgent, agentRunner, type ThreadRunner } from 'rxsse/agents';
    import type { Observable } from 'rxjs';
    const runner: ThreadRunner<Observable<BaseEvent>> = agentRunner();
    declare const [abstract, input]: [AbstractAgent, RunAgentInput];
    export const agent: AgUiAgent = new HttpAgent({ url: '/agent' });
    export const events: Observable<BaseEvent> = runner.run({ threadId: 't', agent: abstract, input });
  `,
  'a request of OpenAI for fromOpenAi, whose events have the fields of the real ones': `
    import type OpenAI from 'openai';
    import { fromOpenAi, type OpenAiEvent } from 'rxsse/agents';
    type Real = OpenAI.Responses.ResponseStreamEvent;
    type Without<Type> = { [E in Exclude<OpenAiEvent, { type: \`response.output_item.\${string}\` }> as E['type']]:
      Extract<Real, { type: E['type'] }> extends E['data'] ? never : E['type'] };
    export const missing: { [Name in keyof Without<Real>]: never } = {} as Without<Real>;
    declare const [call, custom]: [OpenAI.Responses.ResponseFunctionToolCall, OpenAI.Responses.ResponseCustomToolCall];
    export const items: Extract<OpenAiEvent, { type: 'response.output_item.done' }>['data']['item'][] = [call, custom];
    declare const request: OpenAI.Responses.ResponseCreateParams;
    export const answer = fromOpenAi(request, { apiKey: 'k' });
  `,
  'a request of Anthropic for fromAnthropic, whose events have the fields of the real ones': `
    import type Anthropic from '@anthropic-ai/sdk';
    import { type AnthropicEvent, fromAnthropic } from 'rxsse/agents';
    type Data<Name> = Extract<AnthropicEvent, { type: Name }>['data'];
    declare const [start, delta, stop]: [Anthropic.RawMessageStartEvent, Anthropic.RawMessageDeltaEvent, Anthropic.RawContentBlockStopEvent];
    export const datas: [Data<'message_start'>, Data<'message_delta'>, Data<'content_block_stop'>] = [start, delta, stop];
    declare const [text, thinking, tool]: [Anthropic.TextBlock, Anthropic.ThinkingBlock, Anthropic.ToolUseBlock];
    export const blocks: Data<'content_block_start'>['content_block'][] = [text, thinking, tool];
    declare const [a, b, c, d]: [Anthropic.TextDelta, Anthropic.ThinkingDelta, Anthropic.SignatureDelta, Anthropic.InputJSONDelta];
    export const deltas: Data<'content_block_delta'>['delta'][] = [a, b, c, d];
    declare const request: Anthropic.MessageCreateParams;
    export const answer = fromAnthropic(request, { apiKey: 'k' });
  `,
};

describe('the types of the clients', function () {
  requires('clients');
  this.timeout(60_000);

  for (const [name, text] of Object.entries(adapters)) {
    it(`accept ${name}`, () => {
      expect(mistakesOf(text)).to.deep.equal([]);
    });
  }

  it('are compared: another value is a mistake', () => {
    const [text = ''] = [adapters['resumableStreamStore for assistant-ui']];
    expect(mistakesOf(text.replace('store: resumableStreamStore()', "store: 'memory'"))).to.have.length(1);
  });
});
