import { type LogByName, streamDurability } from '../../../lib/agents/index.ts';
import { load } from '../../clients/load.ts';
import { overFetch } from '../../support/overFetch.ts';
import type { AgentCase, AskModel, Ending, Page } from './AgentCase.ts';

interface Chunk {
  readonly type: string;
  readonly delta?: string;
}

interface TanStack {
  toServerSentEventsResponse(chunks: AsyncIterable<Chunk>, options: object): Response;
  resumeServerSentEventsResponse(options: object): Response;
}

interface TanStackClient {
  fetchServerSentEvents(
    url: string,
    options: object,
  ): {
    connect(messages: readonly object[], data: undefined, signal: undefined, run: object): AsyncIterable<Chunk>;
    joinRun(runId: string): AsyncIterable<Chunk>;
  };
}

const ids = { threadId: 'thread', runId: 'run' };

async function* chunksOf(pieces: () => AsyncIterable<string>): AsyncGenerator<Chunk> {
  yield { type: 'RUN_STARTED', ...ids } as Chunk;
  for await (const delta of pieces()) yield { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta } as Chunk;
  yield { type: 'RUN_FINISHED', ...ids } as Chunk;
}

/** The runs of TanStack AI, with its client. */
export const tanStackCase: AgentCase = {
  name: 'TanStack AI',
  serve: async (ask: AskModel, log: LogByName | undefined) => {
    const { toServerSentEventsResponse, resumeServerSentEventsResponse } = await load<TanStack>('@tanstack/ai');
    const durability = streamDurability(log && { log });
    return overFetch(async (request) => {
      const adapter = durability<Chunk>(request);
      if (request.method === 'GET') return resumeServerSentEventsResponse({ adapter });
      return toServerSentEventsResponse(chunksOf(ask), { durability: { adapter, batch: 1 } });
    });
  },
  open: async (url, fetch): Promise<Page> => {
    const { fetchServerSentEvents } = await load<TanStackClient>('@tanstack/ai-client');
    const connection = fetchServerSentEvents(url, { fetchClient: fetch, reconnect: { delayMs: 5, maxAttempts: 100 } });
    let text = '';
    const show = async (chunks: AsyncIterable<Chunk>): Promise<Ending> => {
      let ending: Ending = 'no answer';
      try {
        for await (const { type, delta = '' } of chunks) {
          text += delta;
          if (type === 'RUN_FINISHED') ending = 'complete';
          if (type === 'RUN_ERROR') ending = 'error';
        }
        return ending;
      } catch {
        return 'error';
      }
    };
    return {
      get text() {
        return text;
      },
      start: () => show(connection.connect([], undefined, undefined, ids)),
      resume: () => show(connection.joinRun(ids.runId)),
    };
  },
  stored: async (log) => {
    const chunks = await streamDurability({ log })<Chunk>({ runId: ids.runId }).snapshot();
    return chunks.map(({ chunk }) => chunk.delta ?? '').join('');
  },
};
