import { render } from 'preact';
import type { Subscription } from 'rxjs';
import { fromSse } from '../../client/fromSse.ts';
import { Inspection } from '../Inspection.ts';
import { App } from './App.tsx';
import { InspectorModel } from './InspectorModel.ts';
import './page.css';

const root = document.getElementById('app') as HTMLElement & { model?: InspectorModel };
const base = root.dataset.base ?? '';
const model = new InspectorModel();
// The specs of the page read it.
root.model = model;
let reading: Subscription | undefined;

/** Reads the stream of the server, from where the page was. */
function start(): void {
  const { cursor } = model;
  reading = fromSse(new URL(`${base}events`, document.baseURI).href, Inspection, {
    ...(cursor === undefined ? {} : { lastEventId: cursor }),
    backoff: { initialDelay: 500, maxDelay: 5000 },
    cursorObserver: {
      next: (id) => {
        model.cursor = id;
      },
    },
    statusObserver: {
      next: ({ state }) => {
        model.connection = state;
      },
    },
  }).subscribe({
    next: (event) => model.take(event),
    error: (error: unknown) => {
      model.connection = 'failed';
      model.notice = error instanceof Error ? error.message : String(error);
    },
  });
}

function togglePause(): void {
  if (model.pausedAt === undefined) {
    model.pausedAt = model.now();
    reading?.unsubscribe();
  } else {
    model.pausedAt = undefined;
    model.notice = undefined;
    start();
  }
}

async function act(action: object): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    const response = await fetch(new URL(`${base}actions`, document.baseURI), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(action),
    });
    return { ok: response.ok, text: (await response.text()).trim() };
  } catch {
    return { ok: false, text: 'the server cannot be reached' };
  }
}

start();
render(<App model={model} togglePause={togglePause} act={act} />, root);
