import { parseDiagram } from '../../lib/testing/TestRecord.ts';

/** The pixels of a millisecond and of a row. */
const step = 18;
const height = 44;
const radius = 11;

/** The longest wait, in milliseconds, that is drawn to scale; a longer one is shortened and labelled. */
const longestWait = 12;
const shortened = 5;

interface Mark {
  readonly at: number;
  readonly text: string;
}

/**
 * Draws marble diagrams as an SVG image: a row for each name, on one scale of time. Long waits are shortened and
 * labelled.
 *
 * It draws the diagrams that the specs run, so that a picture cannot differ from them. The colours are those of the
 * surrounding text.
 */
export function drawSvg(rows: Readonly<Record<string, string>>): string {
  const read = Object.entries(rows).map(([name, marbles]) => ({ name, ...marksOf(marbles) }));
  const { xOf, breaks } = scale(read.flatMap(({ marks, end }) => [end, ...marks.map(({ at }) => at)]));
  const left = 16 + 8 * Math.max(0, ...read.map(({ name }) => name.length));
  const right = left + xOf(Math.max(0, ...read.map(({ end }) => end))) + 2 * radius;

  const drawn = read.flatMap(({ name, marks, end }, index) => {
    const y = height * index + height / 2;
    const line = `<path d="M${left} ${y}H${left + xOf(end) + radius}" stroke="currentColor"/>`;
    return [
      `<text x="8" y="${y + 5}">${escaped(name)}</text>`,
      line,
      ...stacked(marks).map(({ at, text, above }) => shape(text, left + xOf(at), y, above)),
    ];
  });
  const waits = breaks.map(
    ({ x, ms }) =>
      `<text x="${left + x}" y="${height * read.length + 10}" text-anchor="middle" opacity=".6">${ms}ms</text>`,
  );
  const size = `viewBox="0 0 ${right} ${height * read.length + (breaks.length > 0 ? 18 : 0)}" width="${right}"`;
  const style = 'font-family="ui-monospace, monospace" font-size="14" fill="currentColor"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>\n${[...drawn, ...waits].join('\n')}\n</svg>\n`;
}

/** The characters of a diagram, including `^` and `!` of a subscription. */
function marksOf(marbles: string): { readonly marks: readonly Mark[]; readonly end: number } {
  // One more letter marks the end of the diagram.
  const all = parseDiagram(`${marbles.replace(/[\^!]/g, (mark) => (mark === '^' ? '→' : '←'))} .`);
  const marks = all.map(({ frame, notification: { kind, ...rest } }): Mark => {
    const text = kind === 'N' && 'value' in rest ? String(rest.value) : kind === 'C' ? '|' : '#';
    return { at: frame, text: text === '→' ? '^' : text === '←' ? '!' : text };
  });
  return { marks: marks.slice(0, -1), end: marks.at(-1)?.at ?? 0 };
}

/** Computes the x position of each moment; waits in which nothing happens are shortened. */
function scale(moments: readonly number[]) {
  const places = new Map([[0, 0]]);
  const breaks: { readonly x: number; readonly ms: number }[] = [];
  let [before, x] = [0, 0];
  for (const at of [...new Set(moments)].sort((a, b) => a - b)) {
    const wait = at - before;
    const shown = wait > longestWait ? shortened : wait;
    if (wait > longestWait) breaks.push({ x: (x + shown / 2) * step, ms: wait });
    x += shown;
    before = at;
    places.set(at, x);
  }
  return { xOf: (at: number) => (places.get(at) ?? at) * step, breaks };
}

/** Marks of one moment are stacked. */
function stacked(marks: readonly Mark[]): readonly (Mark & { readonly above: number })[] {
  const counts = new Map<number, number>();
  return marks.map((mark) => {
    const above = mark.text === '|' ? 0 : (counts.get(mark.at) ?? 0);
    counts.set(mark.at, above + 1);
    return { ...mark, above };
  });
}

function shape(text: string, x: number, y: number, above: number): string {
  const top = y - above * (radius + 3);
  if (text === '|') return `<path d="M${x} ${y - radius}v${2 * radius}" stroke="currentColor" stroke-width="2"/>`;
  if (text === '#') {
    return `<path d="M${x - 7} ${y - 7}l14 14m0-14l-14 14" stroke="currentColor" stroke-width="2"/>`;
  }
  const letter = `<text x="${x}" y="${top + 5}" text-anchor="middle">${escaped(text)}</text>`;
  if (text === '^' || text === '!') return letter;
  const hue = (text.charCodeAt(0) * 47) % 360;
  return `<circle cx="${x}" cy="${top}" r="${radius}" stroke="currentColor" fill="hsl(${hue} 60% 70%)"/>${letter.replace('<text', '<text fill="black"')}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
