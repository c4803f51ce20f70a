import type { ReaderData } from '../Inspection.ts';
import type { Act } from './App.tsx';
import { shortCount } from './drawMark.ts';
import type { InspectorModel } from './InspectorModel.ts';
import { sizeOf } from './Tiles.tsx';

export function Readers({ model, act }: { readonly model: InspectorModel; readonly act: Act }) {
  const { status, actions } = model;
  const readers = status?.readers ?? [];
  const total = status?.totalReaders ?? 0;
  return (
    <section class="card readers" aria-labelledby="readers-title">
      <div class="card-head">
        <h2 id="readers-title">Readers</h2>
        <p class="count">
          {readers.length < total ? `${readers.length} of ${total}: those that are furthest behind` : total}
        </p>
      </div>
      {readers.length === 0 ? (
        <p class="empty">No reader is connected to the routes of this inspector.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="List of readers">
          <table>
            <thead>
              <tr>
                <th>Reader</th>
                <th>State</th>
                <th class="number">Position</th>
                <th class="number">Lag</th>
                <th class="number">Buffered</th>
                <th class="number">Sent</th>
                <th>Cursor → result</th>
                <th class="number">Since</th>
                {actions ? <th>Actions</th> : null}
              </tr>
            </thead>
            <tbody>
              {readers.map((reader) => (
                <Row key={reader.id} reader={reader} now={model.now()} act={actions ? act : undefined} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({
  reader,
  now,
  act,
}: {
  readonly reader: ReaderData;
  readonly now: number;
  readonly act: Act | undefined;
}) {
  const { id, lane, label, since, state, cursor, requested, got, lag, lagMs, buffered, bytes, events } = reader;
  const isNew = now - since < 4000;
  return (
    <tr class={isNew ? `new ${got}` : ''} data-reader={id}>
      <td data-label="Reader">
        <b class="label">{label}</b>
        <small>
          #{id} · {lane.slice(lane.indexOf(':') + 1)}
        </small>
      </td>
      <td data-label="State">
        <span class={`pill ${state}`}>{state}</span>
      </td>
      <td class="number" data-label="Position" title={cursor ?? ''}>
        {cursor === null ? '–' : sequenceOf(cursor)}
      </td>
      <td class="number" data-label="Lag">
        {lag === 0 ? '0' : `${shortCount(lag)} · ${(lagMs / 1000).toFixed(1)} s`}
      </td>
      <td class="number" data-label="Buffered">
        {sizeOf(buffered)}
      </td>
      <td class="number" data-label="Sent" title={`${bytes} bytes`}>
        {shortCount(events)} · {sizeOf(bytes)}
      </td>
      <td data-label="Cursor → result" title={requested ?? ''}>
        <span>
          {requested === null ? 'none' : sequenceOf(requested)} → <b class={`got ${got.split(':')[0]}`}>{got}</b>
        </span>
      </td>
      <td class="number" data-label="Since">
        {ageOf(now - since)}
      </td>
      {act === undefined ? null : (
        <td data-label="Actions" class="row-actions">
          <span>
            <button
              type="button"
              aria-label={`Cut reader ${id}`}
              onClick={() => void act({ action: 'cut', reader: id })}
            >
              Cut
            </button>
            <button
              type="button"
              aria-label={`Slow reader ${id}`}
              onClick={() => void act({ action: 'slow', reader: id })}
            >
              Slow
            </button>
          </span>
        </td>
      )}
    </tr>
  );
}

/** Returns the sequence of a cursor; the epoch is in the title. */
function sequenceOf(cursor: string): string {
  return cursor.length > 60 ? `${cursor.slice(0, 12)}…` : cursor.slice(cursor.lastIndexOf('.') + 1);
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
