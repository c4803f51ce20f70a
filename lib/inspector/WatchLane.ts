import { asyncScheduler, type Subscription } from 'rxjs';
import { isEntry } from '../event/Entry.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { utf8Length } from '../wire/utf8.ts';
import type { LaneData } from './Inspection.ts';
import { MarkBuffer } from './MarkBuffer.ts';
import type { ShowPayload } from './payloadsShownBy.ts';
import { passing, type WatchPoint } from './watch.ts';

/** Collects what passes a point that a program watches. */
export class WatchLane {
  readonly kind = 'watch';
  readonly id: string;
  readonly name: string;
  readonly point: WatchPoint;
  readonly marks = new MarkBuffer();
  readonly #show: ShowPayload;
  #passing: Subscription | undefined;

  constructor(point: WatchPoint, show: ShowPayload) {
    this.id = `watch:${point.name}`;
    this.name = point.name;
    this.point = point;
    this.#show = show;
  }

  describe(): LaneData {
    const { id, kind, name } = this;
    return { id, kind, name, events: [] };
  }

  open(): void {
    this.#passing = passing(this.point).subscribe((passed) => {
      if (passed.kind === 'next') this.#mark(passed.value);
      else this.marks.addOther({ at: asyncScheduler.now(), kind: passed.kind, name: passed.kind, bytes: 0 });
    });
  }

  close(): void {
    this.#passing?.unsubscribe();
  }

  collect(): void {}

  #mark(value: unknown): void {
    const { event, cursor, isPosition, gap } = readContent(value);
    // A position without an event is nothing that the reader sees.
    if (isPosition) return;
    const at = asyncScheduler.now();
    if (gap !== undefined) return this.marks.addOther({ at, kind: 'gap', name: gap, bytes: 0 });
    this.marks.count(1, 0);
    this.marks.addEvent(() => {
      const { name, data } = namedData(event);
      const text = shownJson(data);
      const mark = { at, kind: 'event', name, bytes: utf8Length(text), ...this.#show(name, text) } as const;
      return cursor === undefined ? mark : { ...mark, cursor };
    });
  }
}

/** Contains what the mark of a value of the program has. */
interface Content {
  readonly event: unknown;
  readonly cursor?: string;
  readonly isPosition?: boolean;
  /** The reason of a gap. */
  readonly gap?: string;
}

/** Reads a value of the program. What a getter of it throws must not reach the program. */
function readContent(value: unknown): Content {
  try {
    if (isEntry(value) && value.event === undefined) return { event: undefined, isPosition: true };
    const event = isEntry(value) ? value.event : value;
    if (isGap(event)) return { event, gap: gapReasonOf(event) };
    return isEntry(value) ? { event, cursor: value.cursor } : { event };
  } catch {
    return { event: value };
  }
}

/** Returns the reason of a gap, and `gap` for a value of that type which has none. */
function gapReasonOf({ data }: { readonly data?: Partial<Gap['data']> | null }): string {
  return typeof data?.reason === 'string' ? data.reason : 'gap';
}

/** Returns the name of a typed event and its data, and for another value its type and the value. */
function namedData(value: unknown): { readonly name: string; readonly data: unknown } {
  try {
    if (Array.isArray(value)) return { name: 'array', data: value };
    if (typeof value !== 'object' || value === null) {
      return { name: value === null ? 'null' : typeof value, data: value };
    }
    const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
    return typeof type === 'string' ? { name: type, data } : { name: 'object', data: value };
  } catch {
    return { name: 'object', data: null };
  }
}

function shownJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}
