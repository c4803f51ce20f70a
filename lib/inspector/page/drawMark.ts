import type { MarkData } from '../Inspection.ts';
import type { DrawnItem, InspectorModel } from './InspectorModel.ts';

/** The radius of a marble. */
export const radius = 10;

/** The colors of the page, which depend on its theme. */
export interface Palette {
  readonly line: string;
  readonly grid: string;
  readonly ink: string;
  readonly soft: string;
  readonly paper: string;
  readonly onHue: string;
  readonly accent: string;
  readonly warn: string;
  readonly danger: string;
  readonly hues: readonly string[];
  readonly font: string;
}

/** Returns the colors that the style of the page has now. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    line: read('rail'),
    grid: read('grid'),
    ink: read('ink'),
    soft: read('soft'),
    paper: read('paper'),
    onHue: read('on-hue'),
    accent: read('accent'),
    warn: read('warn'),
    danger: read('danger'),
    hues: Array.from({ length: 8 }, (_, index) => read(`hue-${index}`)),
    font: read('mono'),
  };
}

/** Where and how a lane is drawn. */
export interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly model: InspectorModel;
  /** How many milliseconds the lane is wide. */
  readonly span: number;
  readonly selected: MarkData | undefined;
}

/** Draws one event. */
export function drawMarble(
  { left, right, marks }: DrawnItem,
  middle: number,
  { context, palette, model, selected }: Drawing,
): void {
  const [mark] = marks;
  if (mark === undefined) return;
  const x = (left + right) / 2;
  context.beginPath();
  context.arc(x, middle, radius, 0, Math.PI * 2);
  context.fillStyle = palette.hues[model.hueOf(mark.name)] ?? palette.soft;
  context.fill();
  if (mark === selected) ring(context, palette, () => context.arc(x, middle, radius + 3.5, 0, Math.PI * 2));
  label(context, palette, model.letterOf(mark.name), x, middle);
}

/** Draws the key of the feed of an event below its marble, where it does not touch the last one. Returns where it ends. */
export function drawKey({ left, right, marks }: DrawnItem, middle: number, lastEnd: number, frame: Drawing): number {
  const { context, palette } = frame;
  const key = marks[0]?.key;
  if (key === undefined) return lastEnd;
  const text = key.length > 9 ? `${key.slice(0, 8)}…` : key;
  context.font = `500 9px ${palette.font}`;
  const half = context.measureText(text).width / 2;
  const x = (left + right) / 2;
  if (x - half < lastEnd + 4) return lastEnd;
  context.fillStyle = palette.soft;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, middle + radius + 9);
  return x + half;
}

/** Draws several events as one shape with their count, and a stripe for each name; `only` is the name where the lane has one. */
export function drawBurst(
  { left, right, count, marks }: DrawnItem,
  middle: number,
  { context, palette, model, selected }: Drawing,
  only: string | undefined,
): void {
  const center = (left + right) / 2;
  const text = shortCount(count);
  const width = Math.max(right - left, 8 + text.length * 7);
  const half = Math.min(17, 9 + Math.log10(count) * 2.2);
  const start = center - width / 2;
  const counts = new Map<string, number>();
  for (const { name } of marks) counts.set(name, (counts.get(name) ?? 0) + 1);
  context.save();
  context.beginPath();
  context.roundRect(start, middle - half, width, half * 2, half);
  context.clip();
  if (marks.length === 0) {
    context.fillStyle = (only === undefined ? undefined : palette.hues[model.hueOf(only)]) ?? palette.soft;
    context.fillRect(start, middle - half, width, half * 2);
  }
  // A stripe for each event name, as wide as its share.
  let x = start;
  for (const [name, share] of counts) {
    const part = (width * share) / marks.length;
    context.fillStyle = palette.hues[model.hueOf(name)] ?? palette.soft;
    context.fillRect(x, middle - half, part + 0.5, half * 2);
    x += part;
  }
  context.restore();
  if (selected !== undefined && marks.includes(selected)) {
    ring(context, palette, () =>
      context.roundRect(start - 3.5, middle - half - 3.5, width + 7, half * 2 + 7, half + 3.5),
    );
  }
  label(context, palette, text, center, middle);
}

/** Draws a mark that is not an event: a heartbeat, a gap, a failure, an end, a reader that comes or leaves. */
export function drawOther({ kind, count }: MarkData, x: number, middle: number, { context, palette }: Drawing): void {
  context.lineWidth = 2;
  context.beginPath();
  if (kind === 'heartbeat') {
    context.strokeStyle = palette.soft;
    context.lineWidth = 1.5;
    context.moveTo(x, middle - 5);
    context.lineTo(x, middle + 5);
  } else if (kind === 'gap') {
    context.fillStyle = palette.paper;
    context.fillRect(x - 5, middle - 4, 10, 8);
    context.strokeStyle = palette.warn;
    for (const offset of [-5, 5]) {
      context.moveTo(x + offset - 3, middle + 9);
      context.lineTo(x + offset + 3, middle - 9);
    }
  } else if (kind === 'error') {
    context.strokeStyle = palette.danger;
    context.lineWidth = 2.5;
    context.moveTo(x - 7, middle - 7);
    context.lineTo(x + 7, middle + 7);
    context.moveTo(x + 7, middle - 7);
    context.lineTo(x - 7, middle + 7);
  } else if (kind === 'end') {
    context.strokeStyle = palette.ink;
    context.lineWidth = 2.5;
    context.moveTo(x, middle - 13);
    context.lineTo(x, middle + 13);
  } else {
    // A reader comes, pointing to the line, or leaves.
    const direction = kind === 'open' ? 1 : -1;
    const y = middle + 15;
    context.strokeStyle = kind === 'open' ? palette.accent : palette.soft;
    context.lineWidth = 1.75;
    context.moveTo(x - 4, y + 3 * direction);
    context.lineTo(x, y - 3 * direction);
    context.lineTo(x + 4, y + 3 * direction);
  }
  context.stroke();
  if ((count ?? 1) > 1 && kind !== 'heartbeat') {
    context.fillStyle = palette.soft;
    context.font = `500 9px ${palette.font}`;
    context.textAlign = 'left';
    context.fillText(`×${shortCount(count ?? 1)}`, x + 7, middle + 19);
  }
}

function ring(context: CanvasRenderingContext2D, palette: Palette, path: () => void): void {
  context.beginPath();
  path();
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.stroke();
}

function label(context: CanvasRenderingContext2D, palette: Palette, text: string, x: number, y: number): void {
  context.fillStyle = palette.onHue;
  context.font = `650 11px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y + 0.5);
}

/** Returns a count in at most four characters: `999`, `1.2k`, `12k`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 10_000) return `${(count / 1000).toFixed(1)}k`;
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}
