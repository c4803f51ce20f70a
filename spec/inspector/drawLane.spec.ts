import { expect } from 'chai';
import type { MarkData } from '../../lib/inspector/Inspection.ts';

interface Item {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** The part of the page that is drawn on; its own files need the types of a browser. */
interface Page {
  drawLane(lane: object, frame: object): void;
}

/** Returns what the page draws of some ticks, each sampled and with a count, on a lane of 15 s that is 800 pixels wide. */
async function drawn(ticks: readonly { readonly at: number; readonly count: number }[]): Promise<readonly Item[]> {
  const file = '../../lib/inspector/page/drawLane.ts';
  const { drawLane } = (await import(file)) as Page;
  const mark = (at: number): MarkData => ({ at, kind: 'event', name: 'tick', bytes: 1 });
  const lane = {
    data: { events: [] },
    ticks: ticks.map(({ at, count }) => ({ at, count, isSampled: true, events: [mark(at - 20)], others: [] })),
    drawn: [] as readonly Item[],
  };
  const model = { now: () => 15_150, hueOf: () => 0, letterOf: () => 'T' };
  const context = new Proxy({}, { get: () => () => {}, set: () => true });
  drawLane(lane, { context, width: 800, height: 58, palette: { hues: [] }, model, span: 15_000, selected: undefined });
  return lane.drawn;
}

describe('the drawing of a lane', () => {
  // A stretch of time whose events are drawn together is 46 pixels wide, which is 862.5 ms.
  const stretch = 862.5;

  it('draws a burst as wide as its count, and beside another one that is near and in another stretch of time', async () => {
    const items = await drawn([
      { at: 8 * stretch - 10, count: 2600 },
      { at: 8 * stretch + 90, count: 2200 },
    ]);
    const [first, second] = items as readonly [Item, Item];
    expect(items.map(({ count }) => count)).to.deep.equal([2600, 2200]);
    for (const { left, right } of items) expect(right - left).to.be.at.least(8 + '2.6k'.length * 7);
    expect(second.left).to.be.at.least(first.right);
  });

  it('draws the events of one stretch of time together', async () => {
    const items = await drawn([
      { at: 8 * stretch + 100, count: 30 },
      { at: 8 * stretch + 200, count: 12 },
    ]);
    expect(items.map(({ count }) => count)).to.deep.equal([42]);
  });
});
