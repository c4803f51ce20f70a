import { useEffect, useRef } from 'preact/hooks';
import type { Selection } from './App.tsx';
import { drawLane } from './drawLane.ts';
import { type Palette, shortCount } from './drawMark.ts';
import type { DrawnItem, InspectorModel, LaneView } from './InspectorModel.ts';

interface LanesProps {
  readonly model: InspectorModel;
  readonly palette: Palette;
  readonly span: number;
  readonly selection: Selection | undefined;
  readonly select: (selection: Selection | undefined) => void;
}

const groups = [
  ['feed', 'Feeds', 'what is published'],
  ['watch', 'Operators', 'what passes a watch(name)'],
  ['route', 'Routes', 'what is sent to readers'],
] as const;

export function Lanes(props: LanesProps) {
  const { model, span } = props;
  const canvases = useRef(new Map<string, HTMLCanvasElement>());
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    let request = 0;
    const draw = () => {
      request = requestAnimationFrame(draw);
      for (const [id, canvas] of canvases.current) drawOn(canvas, id, latest.current);
    };
    draw();
    return () => cancelAnimationFrame(request);
  }, []);

  const lanes = [...model.lanes.values()];
  return (
    <section class="card lanes" aria-labelledby="lanes-title">
      <div class="card-head">
        <h2 id="lanes-title">Lanes</h2>
        <ul class="legend" aria-label="Signs">
          <li>
            <i class="sign beat" /> heartbeat
          </li>
          <li>
            <i class="sign gap" /> gap
          </li>
          <li>
            <i class="sign error" /> failure
          </li>
          <li>
            <i class="sign end" /> end
          </li>
        </ul>
      </div>
      {lanes.length === 0 ? <p class="empty">Waiting for the server…</p> : null}
      {groups.map(([kind, title, about]) => {
        const own = lanes.filter(({ data }) => data.kind === kind);
        if (own.length === 0) return null;
        return (
          <div class="group" key={kind}>
            <h3>
              {title} <span>{about}</span>
            </h3>
            {own.map((lane) => (
              <Lane key={lane.data.id} lane={lane} {...props} canvases={canvases.current} />
            ))}
          </div>
        );
      })}
      <div class="ruler" aria-hidden="true">
        {[1, 0.8, 0.6, 0.4, 0.2, 0].map((part) => (
          <span key={part}>{part === 0 ? 'now' : `−${secondsOf(span * part)}`}</span>
        ))}
      </div>
    </section>
  );
}

interface LaneProps extends LanesProps {
  readonly lane: LaneView;
  readonly canvases: Map<string, HTMLCanvasElement>;
}

function Lane({ lane, model, selection, select, canvases }: LaneProps) {
  const { id, name } = lane.data;
  const isSelected = selection?.lane === id;
  const subscriptions = model.status?.watches.find((watch) => watch.lane === id)?.subscriptions;
  const readers =
    model.status?.feeds.find((feed) => feed.lane === id)?.readers ??
    model.status?.routes.find((route) => route.lane === id)?.connections;
  const users =
    subscriptions === undefined ? numberOf(readers ?? 0, 'reader') : numberOf(subscriptions, 'subscription');
  const onClick = (event: MouseEvent) => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const found = nearest(lane.drawn, event.clientX - canvas.getBoundingClientRect().left);
    select({ lane: id, marks: found?.marks ?? [], mark: found?.marks.at(-1), count: found?.count ?? 0 });
  };
  return (
    <div class={isSelected ? 'lane selected' : 'lane'} data-lane={id}>
      <div class="lane-name">
        <button
          type="button"
          aria-pressed={isSelected}
          onClick={() => select(isSelected ? undefined : { lane: id, marks: [], mark: undefined, count: 0 })}
        >
          {name}
        </button>
        <p>
          <b>{shortCount(lane.rate)}/s</b> {users}
        </p>
        {lane.isSampled ? <em title="Counts are exact, some marbles are left out">sampled</em> : null}
      </div>
      <canvas
        aria-hidden="true"
        onClick={onClick}
        ref={(canvas) => {
          if (canvas === null) canvases.delete(id);
          else canvases.set(id, canvas);
        }}
      />
    </div>
  );
}

function drawOn(canvas: HTMLCanvasElement, id: string, { model, palette, span, selection }: LanesProps): void {
  const lane = model.lanes.get(id);
  const context = canvas.getContext('2d');
  if (lane === undefined || context === null) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = Math.min(devicePixelRatio, 2);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawLane(lane, { context, width, height, palette, model, span, selected: selection?.mark });
}

function nearest(items: readonly DrawnItem[], x: number): DrawnItem | undefined {
  const distance = ({ left, right }: DrawnItem) => Math.max(left - x, x - right, 0);
  const [best] = [...items].sort((a, b) => distance(a) - distance(b));
  return best !== undefined && distance(best) < 12 ? best : undefined;
}

function numberOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function secondsOf(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 6000) / 10} min` : `${Math.round(ms / 100) / 10} s`;
}
