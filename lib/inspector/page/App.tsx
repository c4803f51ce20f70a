import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';
import type { MarkData } from '../Inspection.ts';
import { Detail } from './Detail.tsx';
import { paletteOf } from './drawMark.ts';
import type { InspectorModel } from './InspectorModel.ts';
import { Lanes } from './Lanes.tsx';
import { Readers } from './Readers.tsx';
import { Tiles } from './Tiles.tsx';

/** Describes the selection of the user: a lane, and the marks that were drawn at one position of it. */
export interface Selection {
  readonly lane: string;
  readonly marks: readonly MarkData[];
  readonly mark: MarkData | undefined;
  readonly count: number;
}

export type Act = (action: object) => Promise<{ readonly ok: boolean; readonly text: string }>;

interface AppProps {
  readonly model: InspectorModel;
  readonly togglePause: () => void;
  readonly act: Act;
}

/** The widths of the lanes, in seconds. */
const spans: readonly (readonly [seconds: number, name: string])[] = [
  [5, '5 s'],
  [15, '15 s'],
  [60, '1 min'],
  [300, '5 min'],
];

export function App({ model, togglePause, act }: AppProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [span, setSpan] = useState(15);
  const [selection, select] = useState<Selection | undefined>();
  const [message, setMessage] = useState('');
  const [palette, setPalette] = useState(() => paletteOf(document.documentElement));
  useEffect(() => {
    const timer = setInterval(redraw, 250, undefined);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setPalette(paletteOf(document.documentElement));
    scheme.addEventListener('change', follow);
    return () => {
      clearInterval(timer);
      scheme.removeEventListener('change', follow);
    };
  }, []);

  const isPaused = model.pausedAt !== undefined;
  const pause = () => {
    togglePause();
    redraw(undefined);
  };
  const zoom = (by: number) => {
    const index = spans.findIndex(([seconds]) => seconds === span) + by;
    setSpan(spans[Math.min(Math.max(index, 0), spans.length - 1)]?.[0] ?? span);
  };
  /** Selects the event before or after the one that is selected. */
  const step = (by: number) => {
    if (selection?.mark === undefined) return;
    const marks = model.lanes.get(selection.lane)?.ticks.flatMap(({ events }) => events) ?? [];
    const mark = marks[marks.indexOf(selection.mark) + by];
    if (mark !== undefined) select({ lane: selection.lane, marks: [mark], mark, count: 1 });
  };
  // Before the next frame: a key that is pressed at once finds what has just been selected.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      if (event.key === 'p' || (event.key === ' ' && target.tagName !== 'BUTTON' && target.tagName !== 'SUMMARY'))
        pause();
      else if (event.key === '+' || event.key === '=') zoom(-1);
      else if (event.key === '-') zoom(1);
      else if (event.key === 'ArrowLeft') step(-1);
      else if (event.key === 'ArrowRight') step(1);
      else if (event.key === 'Escape') select(undefined);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  const actAndSay: Act = async (action) => {
    const answer = await act(action);
    setMessage(answer.text);
    setTimeout(() => setMessage((shown) => (shown === answer.text ? '' : shown)), 5000);
    return answer;
  };

  const state = isPaused ? 'paused' : model.connection === 'open' ? 'live' : model.connection;
  return (
    <>
      <header class="top">
        <h1>Inspector</h1>
        <p class={`state ${state}`} role="status">
          {state}
        </p>
        <div class="zoom" role="group" aria-label="Time shown">
          {spans.map(([seconds, name]) => (
            <button key={seconds} type="button" aria-pressed={seconds === span} onClick={() => setSpan(seconds)}>
              {name}
            </button>
          ))}
        </div>
        <button type="button" class={isPaused ? 'pause main' : 'pause'} onClick={pause} title="p or space">
          {isPaused ? 'Continue' : 'Pause'}
        </button>
      </header>
      {model.notice === undefined ? null : (
        <p class="notice" role="alert">
          {model.notice}
        </p>
      )}
      <main>
        <Tiles model={model} palette={palette} />
        <div class="columns">
          <div class="left">
            <Lanes model={model} palette={palette} span={span * 1000} selection={selection} select={select} />
            <Readers model={model} act={actAndSay} />
          </div>
          <Detail model={model} selection={selection} select={select} act={actAndSay} />
        </div>
      </main>
      <p class="toast" role="status" hidden={message === ''}>
        {message}
      </p>
    </>
  );
}
