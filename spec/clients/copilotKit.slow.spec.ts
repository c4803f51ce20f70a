import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { concat, NEVER, type Observable, of, Subject } from 'rxjs';
import ts from 'typescript';
import { type AgUiEvent, type AgUiInput, agentRunner, type LogByName } from '../../lib/agents/index.ts';
import { programOf } from '../house/program.ts';
import { root } from '../house/repo.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { overFetch } from '../support/overFetch.ts';
import { requires } from '../support/requires.ts';
import { type CopilotPage, loadCopilotKit } from './loadCopilotKit.ts';

interface Event extends AgUiEvent {
  readonly [field: string]: unknown;
}

const text = (messageId: string, delta: string): Event => ({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta });
const opened = ({ runId }: AgUiInput, messageId: string): Event[] => [
  { type: 'RUN_STARTED', threadId: 't', runId },
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
];
const closed = ({ runId }: AgUiInput, messageId: string): Event[] => [
  { type: 'TEXT_MESSAGE_END', messageId },
  { type: 'RUN_FINISHED', threadId: 't', runId },
];

describe('CopilotKit', function () {
  requires('copilotkit');
  this.timeout(60_000);

  const folder = freshFolder();
  let copilotKit: ReturnType<typeof loadCopilotKit>;
  before(() => {
    copilotKit = loadCopilotKit();
  });

  /** Serves an agent as one process of several does. */
  function serve(
    produce: (input: AgUiInput) => Observable<Event>,
    log: LogByName,
    onAbort: () => void,
  ): RequestListener {
    const { AbstractAgent, CopilotRuntime, createCopilotRuntimeHandler } = copilotKit;
    class ScriptedAgent extends AbstractAgent {
      run(input: AgUiInput): Observable<Event> {
        return produce(input);
      }
      abortRun(): void {
        onAbort();
      }
      clone(): ScriptedAgent {
        return Object.assign(new ScriptedAgent({}), this);
      }
    }
    const options = { agents: { default: new ScriptedAgent({}) }, runner: agentRunner({ log }) };
    const runtime = new CopilotRuntime(options);
    return overFetch(createCopilotRuntimeHandler({ runtime, basePath: '/api' }));
  }
  const pageAt = (url: string): CopilotPage =>
    new copilotKit.ProxiedCopilotRuntimeAgent({ runtimeUrl: `${url}/api`, agentId: 'default', threadId: 't' });
  const shown = ({ messages }: CopilotPage) => messages.map(({ role, content }) => `${role}: ${content}`);

  it('connects at another process to a run, follows it live, and shows the thread after a reload', async () => {
    const log = (name: string) => folder.open({ name });
    const rest = new Subject<Event>();
    let calls = 0;
    let input: AgUiInput = { runId: '' };
    const produce = (started: AgUiInput): Observable<Event> => {
      calls++;
      input = started;
      return concat(of(...opened(started, 'm'), text('m', 'Hel')), rest);
    };
    await listen(
      serve(produce, log, () => {}),
      (here) =>
        listen(
          serve(
            () => NEVER,
            log,
            () => {},
          ),
          async (there) => {
            const first = pageAt(here);
            first.addMessage({ id: 'u', role: 'user', content: 'Hello?' });
            const started = deferred();
            const running = first.runAgent({}, { onTextMessageContentEvent: () => started.resolve() });
            await started.promise;
            const second = pageAt(there);
            const connected = deferred();
            const connecting = second.connectAgent({}, { onTextMessageContentEvent: () => connected.resolve() });
            await connected.promise;
            for (const event of [text('m', 'lo!'), ...closed(input, 'm')]) rest.next(event);
            rest.complete();
            await Promise.all([running, connecting]);
            const thread = ['user: Hello?', 'assistant: Hello!'];
            expect(shown(first)).to.deep.equal(thread);
            expect(shown(second)).to.deep.equal(thread);
            const reloaded = pageAt(there);
            await reloaded.connectAgent();
            expect(shown(reloaded)).to.deep.equal(thread);
          },
        ),
    );
    expect(calls).to.equal(1);
  });

  it('stops a run by a request to another process', async () => {
    const log = (name: string) => folder.open({ name });
    const aborted = deferred();
    const produce = (input: AgUiInput) => concat(of(...opened(input, 'm'), text('m', 'Hel')), NEVER);
    await listen(serve(produce, log, aborted.resolve), (here) =>
      listen(
        serve(
          () => NEVER,
          log,
          () => {},
        ),
        async (there) => {
          const page = pageAt(here);
          const started = deferred();
          const running = page.runAgent({}, { onTextMessageContentEvent: () => started.resolve() });
          await started.promise;
          const stopped = await fetch(`${there}/api/agent/default/stop/t`, { method: 'POST' });
          expect(await stopped.json()).to.include({ stopped: true });
          await Promise.all([running, aborted.promise]);
          expect(shown(page)).to.deep.equal(['assistant: Hel']);
        },
      ),
    );
  });

  it('accepts the type of agentRunner', () => {
    const path = 'spec/clients/copilotkit/runner.types.ts';
    const text = `
      import { type AgentRunner, CopilotRuntime } from '@copilotkit/runtime/v2';
      import type { AbstractAgent } from '@ag-ui/client';
      import { agentRunner } from 'rxsse/agents';
      declare const agent: AbstractAgent;
      export const runner: AgentRunner = agentRunner();
      export const runtime = new CopilotRuntime({ agents: { default: agent }, runner });
      export const wrong: AgentRunner = { ...agentRunner(), stop: 7 };
    `;
    const program = programOf([], new Map([[path, text]]));
    const mistakes = program.getSemanticDiagnostics(program.getSourceFile(`${root}/${path}`));
    expect(
      mistakes.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 80)),
    ).to.deep.equal(["Type 'number' is not assignable to type '(request: AgentRunnerStopRequest) => Pr"]);
  });
});
