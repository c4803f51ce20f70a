import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type GraphPart, langGraphRoutes } from '../../lib/agents/index.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { requires } from '../support/requires.ts';
import { answersOf, deltasOf, expectWholeAnswer, hasStatus, press, shows, textTo, withTabs } from './withTabs.ts';

/** The `useStream` of LangGraph, which stores the id of the run that is active in a storage that tabs share. */
const script = `
  import { useStream } from '@langchain/langgraph-sdk/react';
  import { createElement as h } from 'react';
  import { createRoot } from 'react-dom/client';

  const options = { apiUrl: location.origin + '/langgraph', assistantId: 'a', threadId: 't' };
  const reconnectOnMount = () => localStorage;
  function Chat() {
    const { messages, submit, stop, isLoading, error } = useStream({ ...options, reconnectOnMount });
    const answers = messages.filter(({ type }) => type === 'ai');
    return h('main', null,
      h('button', { onClick: () => submit({ messages: [{ type: 'human', content: 'Hello?' }] }) }, 'Send'),
      h('button', { onClick: stop }, 'Stop'),
      answers.map(({ id, content }) => h('p', { key: id }, content)),
      h('output', null, isLoading ? 'running' : error === undefined ? 'ready' : 'error'),
    );
  }
  createRoot(document.body.appendChild(document.createElement('div'))).render(h(Chat));
`;

async function* answerOf(deltas: AsyncIterable<string>): AsyncGenerator<GraphPart> {
  for await (const content of deltas) {
    yield { event: 'messages', data: [{ type: 'AIMessageChunk', id: 'm', content }, {}] };
  }
}

describe('useStream of LangGraph in Chromium', function () {
  this.timeout(60_000);
  requires('clients');
  const chromium = requires('chromium');
  const folder = freshFolder();

  const routesOf = (model: string): RequestListener => {
    const log = (name: string) => folder.open({ name });
    const runs = langGraphRoutes({ log }, ({ signal }) => answerOf(deltasOf(model, signal))) as RequestListener;
    return (request, response) => {
      // The state of a thread is that of the app.
      if (request.url !== '/langgraph/threads/t/state') return runs(request, response);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ values: {}, checkpoint: null }));
    };
  };
  /** Returns the URL of the run that is active. */
  const runOf = async (page: Page): Promise<string> => {
    const run = await page.evaluate("localStorage.getItem('lg:stream:t')");
    return `${new URL(page.url()).origin}/langgraph/threads/t/runs/${run}`;
  };
  const stored = async (run: string): Promise<string> => {
    const parts = await (await fetch(`${run}/stream`)).text();
    return [...parts.matchAll(/"content":"(.*?)"/g)].map(([, content]) => content).join('');
  };

  it('shows the whole answer, once, in two tabs, after a reload and a cut', () =>
    withTabs({ chromium: chromium(), script, routesOf }, async (opened) => {
      const { proxy, tabs, positions } = opened;
      const run = await runOf(tabs[0]);
      await tabs[0].reload();
      await shows(tabs[0], 20);
      proxy.breakAll();
      await expectWholeAnswer(opened);
      expect(await stored(run)).to.equal(textTo(60));
      // A page joins from the start, -1, and after the cut from what it has.
      expect(positions.filter((position) => position !== '-1')).to.have.length(2);
    }));

  it('aborts the request to the model by the stop of a second tab', () =>
    withTabs({ chromium: chromium(), script, routesOf }, async ({ model, tabs }) => {
      const run = await runOf(tabs[0]);
      await press(tabs[1], 'Stop');
      await model.aborted.promise;
      for (const tab of tabs) await hasStatus(tab, 'ready');
      // The page that stops a run shows the state of the thread then, which the app has.
      expect(await answersOf(tabs[0])).to.deep.equal([textTo(20)]);
      expect(await stored(run)).to.equal(textTo(20));
      expect(await (await fetch(run)).json()).to.include({ status: 'interrupted' });
    }));
});
