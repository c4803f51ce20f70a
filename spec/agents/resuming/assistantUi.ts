import { type LogByName, resumableStreamStore } from '../../../lib/agents/index.ts';
import { load } from '../../clients/load.ts';
import { overFetch } from '../../support/overFetch.ts';
import type { AgentCase, AskModel, Ending, Page } from './AgentCase.ts';

interface Resumable {
  createResumableStreamContext(options: object): object;
  createResumableAssistantStreamResponse(options: object): Promise<Response>;
  createResumeAssistantStreamResponse(options: object): Promise<Response>;
}

interface Delta {
  readonly type: string;
  readonly textDelta?: string;
}

interface AssistantStream {
  readonly DataStreamDecoder: new () => TransformStream<Uint8Array, Delta>;
}

const streamId = 'stream';

/** Decodes the stream of an assistant, and returns the text up to its end or its error. */
async function decode(body: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<Ending> {
  const { DataStreamDecoder } = await load<AssistantStream>('assistant-stream');
  try {
    for await (const { type, textDelta = '' } of body.pipeThrough(
      new DataStreamDecoder(),
    ) as unknown as AsyncIterable<Delta>) {
      if (type === 'text-delta') onText(textDelta);
    }
    return 'complete';
  } catch {
    return 'error';
  }
}

/** The streams of assistant-ui, read as its runtime does: each time from the start. */
export const assistantUiCase: AgentCase = {
  name: 'assistant-ui',
  serve: async (ask: AskModel, log: LogByName | undefined) => {
    const resumable = await load<Resumable>('assistant-stream/resumable');
    const store = resumableStreamStore(log && { log });
    const context = resumable.createResumableStreamContext({ store });
    const callback = async (controller: { appendText(text: string): void }): Promise<void> => {
      for await (const piece of ask()) controller.appendText(piece);
    };
    return overFetch((request) =>
      request.method === 'POST'
        ? resumable.createResumableAssistantStreamResponse({ context, streamId, callback })
        : resumable.createResumeAssistantStreamResponse({ context, streamId }),
    );
  },
  open: async (url, fetch): Promise<Page> => {
    let text = '';
    const show = async (method: string): Promise<Ending> => {
      try {
        const { ok, body } = await fetch(url, { method });
        if (!ok || body === null) return 'no answer';
        return await decode(body, (piece) => {
          text += piece;
        });
      } catch {
        return 'error';
      }
    };
    return {
      get text() {
        return text;
      },
      start: () => show('POST'),
      resume: () => show('GET'),
    };
  },
  stored: async (log) => {
    let text = '';
    const store = resumableStreamStore({ log });
    const abort = new AbortController();
    const source = store.read(streamId, '', abort.signal);
    const bytes = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        try {
          for await (const { chunk } of source) controller.enqueue(chunk);
        } catch {}
        controller.close();
      },
    });
    await decode(bytes, (piece) => {
      text += piece;
    });
    return text;
  },
};
