import { lastValueFrom, map, Observable, reduce } from 'rxjs';
import { sse } from '../../../lib/adapter/web/index.ts';
import { type AgUiAgent, type AgUiEvent, type AgUiInput, agentRunner } from '../../../lib/agents/index.ts';
import { message } from '../../../lib/wire/index.ts';
import { load } from '../../clients/load.ts';
import { overFetch } from '../../support/overFetch.ts';
import type { AgentCase, Ending, Page } from './AgentCase.ts';

interface HttpAgent extends AgUiAgent {
  readonly messages: readonly { readonly role: string; readonly content?: string }[];
}

interface AgUi {
  readonly AbstractAgent: new (options: object) => AgUiAgent & { run(input: AgUiInput): Observable<AgUiEvent> };
  readonly HttpAgent: new (options: object) => HttpAgent;
}

const threadId = 'thread';
const ids = { threadId, runId: 'run' };
const input = { ...ids, state: {}, messages: [], tools: [], context: [], forwardedProps: {} };

async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<AgUiEvent> {
  yield { type: 'RUN_STARTED', ...ids } as AgUiEvent;
  yield { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' } as AgUiEvent;
  for await (const delta of pieces) yield { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta } as AgUiEvent;
  yield { type: 'TEXT_MESSAGE_END', messageId: 'm' } as AgUiEvent;
  yield { type: 'RUN_FINISHED', ...ids } as AgUiEvent;
}

/** The runs of a thread, served as CopilotKit does, with the agent of AG-UI that reads them. */
export const agUiCase: AgentCase = {
  name: 'AG-UI, agentRunner',
  serve: async (ask, log) => {
    const { AbstractAgent } = await load<AgUi>('@ag-ui/client');
    class Agent extends AbstractAgent {
      override run(): Observable<AgUiEvent> {
        return new Observable((subscriber) => {
          const produce = async (): Promise<void> => {
            for await (const event of eventsOf(ask())) subscriber.next(event);
            subscriber.complete();
          };
          produce().catch((error) => subscriber.error(error));
        });
      }
    }
    const runner = agentRunner(log && { log });
    return overFetch(async (request) => {
      const isConnect = request.url.endsWith('/connect');
      const agent = new Agent({ threadId });
      const events = isConnect ? runner.connect({ threadId }) : runner.run({ threadId, agent, input });
      const frames = events.pipe(map((data) => message({ data: data as never })));
      return sse({ methods: ['POST'], wire: 'data-only' }, frames)(request);
    });
  },
  open: async (url, fetch): Promise<Page> => {
    const { HttpAgent } = await load<AgUi>('@ag-ui/client');
    let agent: HttpAgent | undefined;
    const show = async (path: string): Promise<Ending> => {
      agent = new HttpAgent({ url: `${url}${path}`, threadId, fetch });
      let ending: Ending = 'no answer';
      const subscriber = {
        onRunFinishedEvent: () => {
          ending = 'complete';
        },
        onRunErrorEvent: () => {
          ending = 'error';
        },
        // The client prints an error that is not handled here.
        onRunFailed: () => {
          ending = 'error';
          return { stopPropagation: true };
        },
      };
      await agent.runAgent({ runId: ids.runId } as never, subscriber as never);
      return ending;
    };
    return {
      get text() {
        return agent?.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
      },
      start: () => show('/run'),
      resume: () => show('/connect'),
    };
  },
  stored: (log) =>
    lastValueFrom(
      agentRunner({ log })
        .connect({ threadId })
        .pipe(reduce((text, event) => text + ((event as { readonly delta?: string }).delta ?? ''), '')),
    ),
};
