import type { MarkData } from '../Inspection.ts';
import { type Drawing, drawBurst, drawKey, drawMarble, drawOther, radius, shortCount } from './drawMark.ts';
import type { DrawnItem, LaneView } from './InspectorModel.ts';

/** The width of a stretch of time whose events are drawn together where they would overlap. */
const binWidth = 46;

/** Events that are drawn together. */
interface DrawnEvents {
  left: number;
  right: number;
  count: number;
  marks: MarkData[];
}

/** Draws a lane, and remembers in it what was drawn where. */
export function drawLane(lane: LaneView, frame: Drawing): void {
  const { context, width, height, palette, model, span } = frame;
  // What has just happened is not here yet.
  const now = model.now() - 150;
  const scale = width / span;
  const xOf = (at: number): number => width - (now - at) * scale - radius;
  const middle = height / 2;

  context.clearRect(0, 0, width, height);
  context.lineWidth = 1;
  context.strokeStyle = palette.grid;
  context.beginPath();
  for (let part = 1; part < 5; part++) {
    const x = Math.round((width * part) / 5) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();
  context.strokeStyle = palette.line;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(0, middle);
  context.lineTo(width, middle);
  context.stroke();

  const drawn: DrawnItem[] = [];
  const items = itemsOf(lane, xOf, binWidth / scale);
  let keyEnd = -Infinity;
  const { events: names } = lane.data;
  const only = names.length === 1 ? names[0]?.name : undefined;
  for (const item of items) {
    if (item.right < -radius * 2) continue;
    if (item.count === 1 && item.marks.length === 1) {
      drawMarble(item, middle, frame);
      keyEnd = drawKey(item, middle, keyEnd, frame);
    } else drawBurst(item, middle, frame, only);
    drawn.push(item);
  }
  for (const tick of lane.ticks) {
    for (const mark of tick.others) {
      const x = xOf(mark.at);
      if (x < -radius) continue;
      drawOther(mark, x, middle, frame);
      drawn.push({ left: x - 7, right: x + 7, count: mark.count ?? 1, marks: [mark] });
    }
  }
  lane.drawn = drawn;
}

/** Puts events that do not overlap where they happened, and others together: those of a stretch of time. */
function itemsOf(lane: LaneView, xOf: (at: number) => number, bin: number): DrawnEvents[] {
  const items: DrawnEvents[] = [];
  let current: DrawnEvents[] = [];
  let key = Number.NaN;
  const flush = (): void => {
    const [first] = current;
    if (first === undefined) return;
    const overlap = current.some((item, index) => {
      const next = current[index + 1];
      return item.count > 1 || (next !== undefined && next.left - item.left < radius * 2 + 1);
    });
    if (!overlap) items.push(...current);
    else {
      const last = current.at(-1) ?? first;
      const count = current.reduce((sum, item) => sum + item.count, 0);
      // A burst stays within its stretch of time, and does not cover its neighbors.
      const least = (items.at(-1)?.right ?? -Infinity) + 2;
      const left = Math.max(first.left, xOf(key * bin) - binWidth / 2 + 2, least);
      const digits = shortCount(count).length;
      const right = Math.min(Math.max(last.right, left + 14 + digits * 8), left + binWidth - 2);
      items.push({ left, right, count, marks: current.flatMap(({ marks }) => marks) });
    }
    current = [];
  };
  const add = (at: number, item: DrawnEvents): void => {
    const own = Math.floor(at / bin);
    if (own !== key) flush();
    key = own;
    current.push(item);
  };
  for (const { at, count, events, isSampled } of lane.ticks) {
    if (xOf(at) < -binWidth * 2 || (count === 0 && events.length === 0)) continue;
    if (isSampled || events.length === 0) {
      if (count > 0)
        add(at, { left: xOf(events[0]?.at ?? at) - radius, right: xOf(at) + radius, count, marks: [...events] });
      continue;
    }
    for (const mark of events) {
      const x = xOf(mark.at);
      add(mark.at, { left: x - radius, right: x + radius, count: 1, marks: [mark] });
    }
  }
  flush();
  return items;
}
