import type { RequestListener } from 'node:http';
import { firstValueFrom } from 'rxjs';
import {
  type ChatRequest,
  type ChatStorage,
  chatRoutes,
  type LogByName,
  ResumingChatTransport,
} from '../../../lib/agents/index.ts';
import { FrameParser } from '../../../lib/wire/index.ts';
import { load } from '../../clients/load.ts';
import type { AgentCase, AskModel, Ending, Page } from './AgentCase.ts';

interface ChatState {
  status: string;
  error: Error | undefined;
  messages: readonly { readonly role: string; readonly parts: readonly { readonly text?: string }[] }[];
}

interface AiSdk {
  readonly DefaultChatTransport: new (options: object) => object;
  readonly AbstractChat: new (
    options: object,
  ) => {
    sendMessage(message: object): Promise<void>;
    resumeStream(): Promise<void>;
  };
}

async function* chunksOf(pieces: AsyncIterable<string>): AsyncGenerator<object> {
  yield { type: 'start', messageId: 'answer' };
  yield { type: 'text-start', id: 't' };
  for await (const delta of pieces) yield { type: 'text-delta', id: 't', delta };
  yield { type: 'text-end', id: 't' };
  yield { type: 'finish' };
}

interface TransportOptions {
  readonly api: string;
  readonly fetch: typeof globalThis.fetch;
}

function aiSdk(
  name: string,
  transportOf: (ai: AiSdk, options: TransportOptions) => object,
  remembers = false,
): AgentCase {
  return {
    name,
    remembers,
    serve: async (ask: AskModel, log: LogByName | undefined) =>
      chatRoutes({ ...(log && { log }), onError: String }, (_: ChatRequest<unknown, object>) =>
        chunksOf(ask()),
      ) as RequestListener,
    open: async (api, fetch): Promise<Page> => {
      const ai = await load<AiSdk>('ai');
      const state = {
        status: 'ready',
        error: undefined,
        messages: [],
        pushMessage: (message: ChatState['messages'][number]) => {
          state.messages = [...state.messages, message];
        },
        popMessage: () => {
          state.messages = state.messages.slice(0, -1);
        },
        replaceMessage: (index: number, message: ChatState['messages'][number]) => {
          state.messages = state.messages.map((one, at) => (at === index ? message : one));
        },
        snapshot: structuredClone,
      } as ChatState & Record<string, unknown>;
      const chat = new ai.AbstractChat({ id: 'c', state, transport: transportOf(ai, { api, fetch }) });
      const shown = (): string => {
        const answer = state.messages.findLast(({ role }) => role === 'assistant');
        return answer?.parts.map(({ text = '' }) => text).join('') ?? '';
      };
      const ending = (): Ending => {
        if (state.status === 'error') return 'error';
        return state.messages.some(({ role }) => role === 'assistant') ? 'complete' : 'no answer';
      };
      return {
        get text() {
          return shown();
        },
        start: async () => {
          await chat.sendMessage({ text: 'Hello?' });
          return ending();
        },
        resume: async () => {
          await chat.resumeStream();
          return ending();
        },
      };
    },
    stored: async (log) => {
      const [, epoch = ''] = (await framesOf(log, 'chat//c')).at(-1)?.split('.') ?? [];
      const chunks = (await framesOf(log, epoch.slice(0, 20))).map((data) => JSON.parse(data));
      return chunks.map(({ delta = '' }) => delta).join('');
    },
  };
}

/** Returns the data of the entries of a log. */
async function framesOf(open: LogByName, name: string): Promise<readonly string[]> {
  const log = open(name);
  const data: string[] = [];
  const parser = new FrameParser({ onMessage: (message) => data.push(message.data) });
  for (let after = 0, tail = 1; after < tail; ) {
    const page = await firstValueFrom(log.read(after, 1 << 20));
    parser.push(page.bytes);
    [after, tail] = [page.last, page.tail];
  }
  log.close();
  return data;
}

/** The `sessionStorage` of the tab whose pages have this origin. */
const storages = new Map<string, Map<string, string>>();
function storageOf(api: string): ChatStorage {
  const items = storages.get(api) ?? new Map<string, string>();
  storages.set(api, items);
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

const backoff = { initialDelay: 5, maxDelay: 20 };

/** The chats of the AI SDK, with its own transport and with that of this library. */
export const aiSdkCases = [
  aiSdk('AI SDK, DefaultChatTransport', (ai, options) => new ai.DefaultChatTransport(options)),
  aiSdk('AI SDK, ResumingChatTransport', (_, options) => new ResumingChatTransport({ ...options, backoff })),
  aiSdk(
    'AI SDK, ResumingChatTransport with a storage, reloaded',
    (_, options) => {
      const storage = storageOf(options.api);
      // Each lost connection is a reload.
      return new ResumingChatTransport({ ...options, storage, backoff: { maxAttempts: 0 } });
    },
    true,
  ),
];
