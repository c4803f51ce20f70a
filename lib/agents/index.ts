export type { AnyServerHandler } from '../adapter/onAnyServer.ts';
export { ModelError } from '../error/ModelError.ts';
export { type AnthropicEvent, AnthropicEvents } from './AnthropicEvents.ts';
export type { AgUiAgent, AgUiInput } from './agentEvents.ts';
export { type AgentRunnerOptions, agentRunner, type ThreadRunner } from './agentRunner.ts';
export type { AgUiEvent } from './agUiRun.ts';
export type { ChatRequest, ChatRoutesOptions } from './ChatRoutesOptions.ts';
export { type ChatRoutes, chatRoutes } from './chatRoutes.ts';
export { type AnthropicRequest, fromAnthropic } from './fromAnthropic.ts';
export { type FromOpenAiOptions, fromOpenAi, type OpenAiRequest } from './fromOpenAi.ts';
export { type GraphPart, type GraphRequest, type LangGraphRoutes, langGraphRoutes } from './langGraphRoutes.ts';
export type { ModelOptions } from './ModelOptions.ts';
export type { LogByName } from './NamedLogs.ts';
export { type OpenAiEvent, OpenAiEvents } from './OpenAiEvents.ts';
export type { ChatStorage } from './ReceivedAnswer.ts';
export { ResumingChatTransport } from './ResumingChatTransport.ts';
export type {
  ChatTransportRequest,
  ResumingChatTransportOptions,
  SendMessagesRequest,
} from './ResumingChatTransportOptions.ts';
export type { RunDurability, RunSource, StoredChunk } from './RunDurability.ts';
export { type ResumableStreamStoreOptions, resumableStreamStore } from './resumableStreamStore.ts';
export type { StreamLease, StreamStore } from './StreamStore.ts';
export { type StreamDurabilityOptions, streamDurability } from './streamDurability.ts';
