import type { MarkData } from '../Inspection.ts';
import type { Act, Selection } from './App.tsx';
import { shortCount } from './drawMark.ts';
import type { InspectorModel, LaneView } from './InspectorModel.ts';
import { Publish } from './Publish.tsx';
import { sizeOf } from './Tiles.tsx';

interface DetailProps {
  readonly model: InspectorModel;
  readonly selection: Selection | undefined;
  readonly select: (selection: Selection | undefined) => void;
  readonly act: Act;
}

export function Detail({ model, selection, select, act }: DetailProps) {
  const lane = selection && model.lanes.get(selection.lane);
  if (lane === undefined || selection === undefined) {
    return (
      <aside class="card detail" aria-label="Detail">
        <p class="empty">
          Select a lane or a marble. <kbd>p</kbd> pauses, <kbd>+</kbd> and <kbd>−</kbd> zoom, <kbd>←</kbd> and{' '}
          <kbd>→</kbd> go from marble to marble.
        </p>
      </aside>
    );
  }
  const { mark, marks, count } = selection;
  const recent = marks.length > 1 ? marks : lane.ticks.slice(-60).flatMap((tick) => [...tick.events, ...tick.others]);
  const pick = (one: MarkData) => select({ ...selection, mark: one });
  return (
    <aside class="card detail" aria-label="Detail">
      <div class="card-head">
        <h2>{lane.data.name}</h2>
        <p class="count">
          {shortCount(lane.total)} events · {sizeOf(lane.bytes)}
        </p>
      </div>
      {mark === undefined ? null : <Mark mark={mark} model={model} />}
      <h3>
        {marks.length > 1 ? `Burst of ${count}${count > marks.length ? `, ${marks.length} of them` : ''}` : 'Newest'}
      </h3>
      <ol class="recent" tabIndex={0} aria-label="Events of the lane">
        {recent.length === 0 ? <li class="empty">Nothing has happened yet.</li> : null}
        {recent
          .slice(-30)
          .reverse()
          .map((one) => (
            <li key={`${one.at} ${one.cursor ?? ''} ${one.key ?? ''} ${one.name}`}>
              <button type="button" aria-pressed={one === mark} onClick={() => pick(one)}>
                <time>{timeOf(one.at)}</time>
                <Name mark={one} model={model} />
                {one.key === undefined ? null : <span class="key">{one.key}</span>}
                <span class="size">
                  {one.kind === 'event' ? sizeOf(one.bytes) : one.count === undefined ? '' : `×${one.count}`}
                </span>
              </button>
            </li>
          ))}
      </ol>
      <Facts lane={lane} model={model} />
      {model.actions && lane.data.kind === 'feed' ? (
        <Publish key={lane.data.id} lane={lane.data} lastKey={recent.at(-1)?.key} act={act} />
      ) : null}
    </aside>
  );
}

function Name({ mark, model }: { readonly mark: MarkData; readonly model: InspectorModel }) {
  const { kind, name } = mark;
  if (kind !== 'event') return <span class={`name control ${kind}`}>{kind === name ? name : `${kind}: ${name}`}</span>;
  return <span class={`name hue-${model.hueOf(name)}`}>{name}</span>;
}

/** One event: its payload with types, size, cursor and frame. */
function Mark({ mark, model }: { readonly mark: MarkData; readonly model: InspectorModel }) {
  const { at, kind, name, bytes, cursor, key, data, isCut } = mark;
  return (
    <div class="mark" data-name={name}>
      <p class="mark-head">
        <Name mark={mark} model={model} />
        <time>{timeOf(at)}</time>
      </p>
      {kind !== 'event' ? null : (
        <>
          <dl>
            <div>
              <dt>Size</dt>
              <dd>{bytes} bytes of data</dd>
            </div>
            {key === undefined ? null : (
              <div>
                <dt>Key</dt>
                <dd>
                  <code>{key}</code>
                </dd>
              </div>
            )}
            {cursor === undefined ? null : (
              <div>
                <dt>Cursor</dt>
                <dd>
                  <code>{cursor}</code>
                </dd>
              </div>
            )}
          </dl>
          <h3>Payload</h3>
          {data === undefined ? (
            <p class="hidden-payload">Hidden: the app shows payloads with the option payloads.</p>
          ) : (
            <Payload text={data} isCut={isCut === true} />
          )}
          <h3>Frame</h3>
          <pre class="frame" tabIndex={0}>
            {cursor === undefined ? '' : `id: ${cursor}\n`}
            {`event: ${name}\n`}
            {data === undefined ? `data: … ${bytes} bytes` : `data: ${data}${isCut ? '…' : ''}`}
          </pre>
        </>
      )}
    </div>
  );
}

function Payload({ text, isCut }: { readonly text: string; readonly isCut: boolean }) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return <pre class="payload">{`${text}${isCut ? '…' : ''}`}</pre>;
  }
  if (typeof value !== 'object' || value === null) return <pre class="payload">{shown(value)}</pre>;
  return (
    <dl class="payload fields">
      {Object.entries(value).map(([key, field]) => (
        <div key={key}>
          <dt>
            {key} <small>{kindOfJson(field)}</small>
          </dt>
          <dd>{shown(field)}</dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown) {
  const kind = kindOfJson(value);
  return (
    <code class={`v-${kind}`}>
      {kind === 'object' || kind === 'array' ? JSON.stringify(value, null, 1) : JSON.stringify(value)}
    </code>
  );
}

function kindOfJson(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** The log of a feed, or the closings of a route. */
function Facts({ lane, model }: { readonly lane: LaneView; readonly model: InspectorModel }) {
  const { id } = lane.data;
  const feed = model.status?.feeds.find((one) => one.lane === id);
  const route = model.status?.routes.find((one) => one.lane === id);
  const lag = feed?.lag === 1 ? '1 entry' : `${feed?.lag ?? 0} entries`;
  const facts: readonly (readonly [string, string])[] =
    feed?.feeds !== undefined
      ? [
          ['Feeds', String(feed.feeds)],
          ['Shown', feed.followed === feed.feeds ? 'all' : `the ${feed.followed} that were published to last`],
          ['Readers', String(feed.readers)],
          ['Largest lag', lag],
        ]
      : feed !== undefined
        ? [
            ['Epoch', feed.epoch || 'none yet'],
            ['Retained', feed.tail === feed.floor ? 'nothing' : `${feed.floor + 1} to ${feed.tail}`],
            ['Readers', String(feed.readers)],
            ['Largest lag', lag],
            ['Ended', feed.ended],
          ]
        : route !== undefined
          ? [
              ['Connections', `${route.connections}, ${route.busy} with a full socket`],
              ['Opened', String(route.opened)],
              ['Heartbeats', String(route.heartbeats)],
              ['Dropped events', String(route.dropped)],
              ...countsOf('Closed', route.closed),
              ...countsOf('Refused', route.refused),
              ...countsOf('Gap', route.gaps),
            ]
          : [];
  if (facts.length === 0) return null;
  return (
    <>
      <h3>{feed === undefined ? 'Connections' : feed.feeds === undefined ? 'Log' : 'Family'}</h3>
      <dl class="facts">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function countsOf(title: string, counts: Readonly<Record<string, number>>): readonly (readonly [string, string])[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => [`${title}: ${reason}`, String(count)] as const);
}

function timeOf(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
