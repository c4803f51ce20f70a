import { expect } from 'chai';
import * as fc from 'fast-check';
import { asyncMarbles } from '../../../lib/testing/index.ts';
import { later, type OpenedTab, TestOrigin } from './TestOrigin.ts';

/** Names what happens to the tabs of an origin; its number chooses a tab, or how long nothing happens. */
const steps = [
  'publish',
  'publish',
  'publish',
  'wait',
  'open',
  'reload',
  'close',
  'crash',
  'freeze',
  'hang',
  'thaw',
  'cut',
  'hide',
  'show',
];
const scripts = fc.array(fc.tuple(fc.constantFrom(...steps), fc.nat({ max: 40 })), { minLength: 5, maxLength: 60 });

/** Expects that a tab has received each tick once, from its first one to the last one before its end. */
function expectNoHoles({ received, first, next = Infinity }: OpenedTab, last?: number): void {
  const start = first ?? received[0] ?? 0;
  if (first === undefined && last !== undefined) expect(start).to.be.at.most(next);
  const length = last === undefined ? received.length : last - (start as number) + 1;
  expect(received).to.deep.equal(Array.from({ length: Math.max(length, 0) }, (_, index) => (start as number) + index));
}

async function play(script: readonly (readonly [string, number])[], isFaulty: boolean): Promise<void> {
  const origin = new TestOrigin();
  origin.browser.isFaulty = isFaulty;
  const tabs: OpenedTab[] = [origin.open(undefined), origin.open(undefined)];
  const stored: { cursor: string; first: number }[] = [];
  for (const [step, n] of script) {
    const opened = tabs[n % Math.max(tabs.length, 1)];
    if (step === 'publish') stored.push({ cursor: await origin.publish(), first: origin.published + 1 });
    else if (step === 'wait') await later(n * n);
    else if (step === 'open') tabs.push(origin.open(undefined));
    else if (step === 'reload') tabs.push(origin.open(stored[n % Math.max(stored.length, 1)]));
    else if (step === 'cut') origin.cut();
    else if (step === 'freeze') opened?.tab.freeze(true);
    else if (step === 'hang') opened?.tab.freeze(false);
    else if (step === 'thaw') opened?.tab.thaw();
    else if (step === 'hide') opened?.tab.hide();
    else if (step === 'show') opened?.tab.show();
    else if (opened !== undefined) {
      if (step === 'close') origin.close(opened);
      else origin.crash(opened);
      tabs.splice(tabs.indexOf(opened), 1);
      expectNoHoles(opened);
    }
  }
  for (const { tab } of tabs) {
    tab.thaw();
    tab.show();
  }
  await later(60_000);
  await origin.publish();
  // A message that was lost is noticed when a silent leader gets a question.
  await later(isFaulty ? 120_000 : 1000);
  for (const opened of tabs) expectNoHoles(opened, origin.published);
  if (!isFaulty) expect(origin.requests.size).to.equal(Math.min(tabs.length, 1));
  for (const { subscription } of tabs) subscription.unsubscribe();
  expect(origin.requests.size).to.equal(0);
}

describe('tabs, with random joins, crashes and freezes', function () {
  this.timeout(60_000);

  for (const [isFaulty, what] of [
    [false, 'lose nothing and repeat nothing, and end with one connection'],
    [true, 'lose nothing and repeat nothing where messages between them are lost or out of order'],
  ] as const) {
    it(what, async () => {
      const run = (script: readonly (readonly [string, number])[]) =>
        asyncMarbles(() => play(script, isFaulty), { until: '60m' })();
      await fc.assert(fc.asyncProperty(scripts, run), { numRuns: 40, seed: 19, endOnFailure: true });
    });
  }
});
