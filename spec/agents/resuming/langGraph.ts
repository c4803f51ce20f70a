import type { RequestListener } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { type GraphPart, langGraphRoutes } from '../../../lib/agents/index.ts';
import { FrameParser } from '../../../lib/wire/index.ts';
import { load } from '../../clients/load.ts';
import type { AgentCase, Ending, Page } from './AgentCase.ts';

interface Part {
  readonly event: string;
  readonly data: { readonly text?: string } | null;
}

interface LangGraphSdk {
  readonly Client: new (
    options: object,
  ) => {
    readonly runs: {
      stream(thread: string, assistant: string, payload: object): AsyncIterable<Part>;
      joinStream(thread: string, run: string): AsyncIterable<Part>;
    };
  };
}

async function* partsOf(pieces: AsyncIterable<string>): AsyncGenerator<GraphPart> {
  for await (const text of pieces) yield { event: 'messages', data: { text } };
}

/** The ids of the runs that pages have started, by the URL of their server: a page stores them as `useStream` does. */
const runIds = new Map<string, string>();

/** The runs of LangGraph, with its SDK. */
export const langGraphCase: AgentCase = {
  name: 'LangGraph SDK',
  serve: async (ask, log) => langGraphRoutes(log ? { log } : {}, () => partsOf(ask())) as RequestListener,
  open: async (apiUrl, fetch): Promise<Page> => {
    const { Client } = await load<LangGraphSdk>('@langchain/langgraph-sdk');
    const { runs } = new Client({ apiUrl, apiKey: null, callerOptions: { fetch } });
    let text = '';
    const show = async (parts: AsyncIterable<Part>): Promise<Ending> => {
      let ending: Ending = 'no answer';
      try {
        for await (const { event, data } of parts) {
          text += data?.text ?? '';
          if (event === 'error' || ending === 'error') ending = 'error';
          else if (event === 'end') ending = 'complete';
        }
        return ending;
      } catch {
        return 'error';
      }
    };
    const onRunCreated = ({ run_id }: { readonly run_id: string }) => runIds.set(apiUrl, run_id);
    return {
      get text() {
        return text;
      },
      start: () => show(runs.stream('t', 'a', { onRunCreated })),
      resume: () => show(runs.joinStream('t', runIds.get(apiUrl) ?? '')),
    };
  },
  stored: async (open) => {
    const log = open([...runIds.values()].at(-1)?.slice(0, 20) ?? '');
    let text = '';
    const parser = new FrameParser({ onMessage: ({ data }) => (text += JSON.parse(data).text ?? '') });
    for (let after = 0, tail = 1; after < tail; ) {
      const page = await firstValueFrom(log.read(after, 1 << 20));
      parser.push(page.bytes);
      [after, tail] = [page.last, page.tail];
    }
    log.close();
    return text;
  },
};
