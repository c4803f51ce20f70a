/**
 * The parts that examples use of packages which are not installed here. The specs in spec/clients check what this library
 * passes to them against the types of the packages themselves.
 */
declare module '@tanstack/ai' {
  interface Durability {
    resumeFrom(): string | null;
    append(chunks: object[]): Promise<string[]>;
    read(offset: string, signal?: AbortSignal): AsyncIterable<{ readonly offset: string; readonly chunk: object }>;
    close(): Promise<void>;
    snapshot?(): Promise<readonly { readonly offset: string; readonly chunk: object }[]>;
  }
  export function toServerSentEventsResponse(
    chunks: AsyncIterable<object>,
    options: { readonly durability: { readonly adapter: Durability } },
  ): Response;
  export function resumeServerSentEventsResponse(options: { readonly adapter: Durability }): Response;
}

declare module 'ai' {
  interface ModelMessage {
    readonly role: string;
    readonly content: unknown;
  }
  export interface UIMessage {
    readonly id: string;
    readonly role: 'system' | 'user' | 'assistant';
    readonly parts: readonly object[];
  }
  export function convertToModelMessages(messages: readonly UIMessage[]): Promise<readonly ModelMessage[]>;
  export function streamText(options: {
    readonly model: string;
    readonly messages: readonly ModelMessage[];
    readonly abortSignal?: AbortSignal;
  }): {
    toUIMessageStream(options?: {
      readonly originalMessages?: UIMessage[];
      readonly onFinish?: (event: { readonly messages: UIMessage[] }) => PromiseLike<void> | void;
    }): ReadableStream<{ readonly type: string }>;
  };
}

declare module '@ai-sdk/react' {
  import type { UIMessage } from 'ai';

  interface ChatTransport {
    sendMessages(request: {
      readonly trigger: 'submit-message' | 'regenerate-message';
      readonly chatId: string;
      readonly messageId: string | undefined;
      readonly messages: UIMessage[];
      readonly abortSignal: AbortSignal | undefined;
    }): Promise<ReadableStream<{ readonly type: string }>>;
    reconnectToStream(request: { readonly chatId: string }): Promise<ReadableStream<{ readonly type: string }> | null>;
  }
  export function useChat(options: {
    readonly id: string;
    readonly transport: ChatTransport;
    readonly resume?: boolean;
    readonly messages?: UIMessage[];
  }): {
    readonly messages: readonly UIMessage[];
    readonly status: 'submitted' | 'streaming' | 'ready' | 'error';
    stop(): Promise<void>;
  };
}

declare module '@copilotkit/runtime/v2' {
  /** An Observable of the copy of RxJS that CopilotKit has. */
  interface Events {
    subscribe(next: (event: { readonly type: string }) => void): { unsubscribe(): void };
    readonly owner: '@copilotkit/runtime';
  }
  export interface AgentRunner {
    run(request: { readonly threadId: string; readonly agent: never; readonly input: never }): Events;
    connect(request: { readonly threadId: string }): Events;
    isRunning(request: { readonly threadId: string }): Promise<boolean>;
    stop(request: { readonly threadId: string }): Promise<boolean | undefined>;
  }
  export class CopilotRuntime {
    constructor(options: { readonly agents: Readonly<Record<string, object>>; readonly runner?: AgentRunner });
  }
}

declare module 'assistant-stream/resumable' {
  interface Store {
    acquire(streamId: string): Promise<'producer' | 'consumer'>;
    append(streamId: string, chunk: Uint8Array): Promise<void>;
    finalize(streamId: string, status: 'done' | 'error', error?: string): Promise<unknown>;
    read(
      streamId: string,
      cursor: string,
      signal: AbortSignal,
    ): AsyncIterable<{ readonly cursor: string; readonly chunk: Uint8Array }>;
    status(streamId: string): Promise<'streaming' | 'done' | 'error' | 'missing'>;
    delete(streamId: string): Promise<void>;
  }
  interface Context {
    run(streamId: string, makeStream: () => ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>>;
    resume(streamId: string): Promise<ReadableStream<Uint8Array> | null>;
  }
  export const RESUMABLE_STREAM_ID_HEADER: string;
  export function createResumableStreamContext(options: { readonly store: Store }): Context;
}

declare module '@assistant-ui/react-ai-sdk' {
  interface ResumableStorage {
    setStreamId(id: string): void;
  }
  export function createResumableSessionStorage(): ResumableStorage;
  export class AssistantChatTransport {
    constructor(options: {
      readonly api: string;
      readonly resumable: { readonly storage: ResumableStorage; resumeApi(streamId: string): string };
    });
  }
  export function useChatRuntime(options: { readonly transport: AssistantChatTransport }): object;
}

declare module 'vite' {
  interface ProxyServer {
    on(
      event: 'proxyRes',
      listener: (
        upstream: import('node:http').IncomingMessage,
        request: import('node:http').IncomingMessage,
        response: import('node:http').ServerResponse,
      ) => void,
    ): unknown;
  }
  export function defineConfig(config: {
    readonly server: {
      readonly proxy: Readonly<
        Record<string, string | { readonly target: string; readonly configure?: (proxy: ProxyServer) => void }>
      >;
    };
  }): unknown;
}
