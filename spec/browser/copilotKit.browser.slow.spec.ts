import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { from, lastValueFrom, type Observable, reduce } from 'rxjs';
import { type AgUiEvent, type AgUiInput, agentRunner } from '../../lib/agents/index.ts';
import { loadCopilotKit } from '../clients/loadCopilotKit.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { overFetch } from '../support/overFetch.ts';
import { copilotFolder, requires } from '../support/requires.ts';
import {
  answersOf,
  cutAndReload,
  deltasOf,
  expectWholeAnswer,
  hasStatus,
  press,
  shows,
  textTo,
  withTabs,
} from './withTabs.ts';

/** The core of CopilotKit, without its components: the page connects to its thread when it has loaded, as CopilotChat does. */
const script = `
  import { CopilotKitCore, CopilotKitCoreRuntimeConnectionStatus } from '@copilotkit/core';

  const [send, stop, section, output] = ['button', 'button', 'section', 'output'].map((name) =>
    document.body.appendChild(document.createElement(name)));
  const core = new CopilotKitCore({ runtimeUrl: '/api' });
  let isFailed = false;
  const show = ({ agent }) => {
    output.textContent = isFailed ? 'error' : agent.isRunning ? 'running' : 'ready';
    section.replaceChildren(
      ...agent.messages.filter(({ role }) => role === 'assistant').map(({ content }) =>
        Object.assign(document.createElement('p'), { textContent: content })));
  };
  const open = async () => {
    const agent = core.getAgent('default');
    agent.threadId = 't';
    const onRunFailed = () => {
      isFailed = true;
    };
    agent.subscribe({ onMessagesChanged: show, onRunInitialized: show, onRunFinalized: show, onRunFailed });
    Object.assign(stop, { textContent: 'Stop', onclick: () => core.stopAgent({ agent }) });
    Object.assign(send, {
      onclick: () => {
        agent.addMessage({ id: 'question', role: 'user', content: 'Hello?' });
        core.runAgent({ agent });
      },
    });
    await core.connectAgent({ agent });
    send.textContent = 'Send';
  };
  core.subscribe({
    onRuntimeConnectionStatusChanged: ({ status }) =>
      status === CopilotKitCoreRuntimeConnectionStatus.Connected && open(),
  });
`;

async function* answerOf({ runId }: AgUiInput, deltas: AsyncIterable<string>): AsyncGenerator<AgUiEvent> {
  const ids = { threadId: 't', runId };
  yield { type: 'RUN_STARTED', ...ids } as AgUiEvent;
  yield { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' } as AgUiEvent;
  for await (const delta of deltas) yield { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta } as AgUiEvent;
  yield { type: 'TEXT_MESSAGE_END', messageId: 'm' } as AgUiEvent;
  yield { type: 'RUN_FINISHED', ...ids } as AgUiEvent;
}

describe('CopilotKit in Chromium', function () {
  this.timeout(60_000);
  requires('copilotkit');
  const chromium = requires('chromium');
  const folder = freshFolder();
  const runnerOf = () => agentRunner({ log: (name) => folder.open({ name }) });

  const routesOf = (model: string): RequestListener => {
    const { AbstractAgent, CopilotRuntime, createCopilotRuntimeHandler } = loadCopilotKit();
    const abort = new AbortController();
    class ModelAgent extends AbstractAgent {
      run(input: AgUiInput): Observable<AgUiEvent> {
        return from(answerOf(input, deltasOf(model, abort.signal)));
      }
      abortRun(): void {
        abort.abort();
      }
      clone(): ModelAgent {
        return Object.assign(new ModelAgent({}), this);
      }
    }
    const runtime = new CopilotRuntime({ agents: { default: new ModelAgent({}) }, runner: runnerOf() });
    return overFetch(createCopilotRuntimeHandler({ runtime, basePath: '/api' }));
  };
  const stored = (): Promise<string> =>
    lastValueFrom(
      runnerOf()
        .connect({ threadId: 't' })
        .pipe(reduce((text, event) => text + ((event as { readonly delta?: string }).delta ?? ''), '')),
    );

  it('shows the whole answer, once, in two tabs, after a reload and a cut', () =>
    withTabs({ chromium: chromium(), script, folder: copilotFolder, routesOf }, async (opened) => {
      await opened.tabs[0].reload();
      await shows(opened.tabs[0], 20);
      await cutAndReload(opened);
      await expectWholeAnswer(opened);
      expect(await stored()).to.equal(textTo(60));
    }));

  it('aborts the request to the model by the stop button of a second tab, and shows the same after a reload', () =>
    withTabs({ chromium: chromium(), script, folder: copilotFolder, routesOf }, async ({ model, tabs }) => {
      await press(tabs[1], 'Stop');
      await model.aborted.promise;
      await tabs[1].reload();
      for (const tab of tabs) {
        await shows(tab, 20);
        await hasStatus(tab, 'ready');
        expect(await answersOf(tab)).to.deep.equal([textTo(20)]);
      }
      expect(await stored()).to.equal(textTo(20));
    }));
});
