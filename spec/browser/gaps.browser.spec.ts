import { expect } from 'chai';
import express from 'express';
import { NEVER, startWith } from 'rxjs';
import { feed, memoryLog, type SseHandler, type SseRequest, sse } from 'rxsse';
import { Ticks } from '../http/ticks.ts';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

/** Collects what a native EventSource dispatches; it connects with the cursor in the page's URL. */
const page = `<!doctype html><link rel="icon" href="data:,"><script>
  const seen = [];
  let cursor = '';
  const source = new EventSource('/ticks' + location.search);
  source.addEventListener('tick', ({ data, lastEventId }) => {
    seen.push(data);
    cursor = lastEventId;
  });
  source.addEventListener('rxsse.gap', ({ data }) => seen.push('gap ' + JSON.parse(data).reason));
  source.addEventListener('rxsse.end', () => seen.push('end'));
</script>`;

const { Tick } = Ticks;

/** Creates a feed that retains the newest of the ticks 1 to 9, and returns the cursors of its sequences. */
async function nine(entries: number) {
  const ticks = feed(Ticks, { log: memoryLog({ maxEntries: entries }) });
  let cursor = '';
  for (let n = 1; n <= 9; n++) cursor = await ticks.publish(Tick(n));
  return { ticks, at: (sequence: number) => cursor.replace(/\d+$/, String(sequence)) };
}

describe('the EventSource of a browser whose missed events were removed', function () {
  this.timeout(40_000);
  const chromium = requires('chromium');

  it('receives a gap with its reason in order, a snapshot, and a new run instead of one of another owner', async () => {
    const few = await nine(1);
    const all = await nine(100);
    const run = (owner: string): SseHandler<SseRequest> =>
      sse({ resume: { owner: () => owner } }, () => NEVER.pipe(startWith(Tick(7))));
    const snapshot = () => ({ events: [Tick(100)], cursor: few.at(8) });
    const cases: readonly (readonly [string, SseHandler<SseRequest>, string, readonly string[]])[] = [
      ['trimmed', sse(few.ticks), few.at(2), ['gap trimmed', '9']],
      ['epoch', sse({ resume: { gapPolicy: 'skip' } }, all.ticks), '1.other.2', ['gap epoch']],
      ['future', sse(all.ticks), all.at(99), ['gap future']],
      ['invalid', sse(all.ticks), 'garbage', ['gap invalid']],
      ['the end', sse({ resume: { gapPolicy: 'end' } }, all.ticks), '1.other.2', ['gap epoch', 'end']],
      ['a snapshot', sse({ resume: { snapshot } }, few.ticks), few.at(2), ['gap trimmed', '100', '9']],
      ['an expired run', run('ada'), '1.expired.3', ['gap epoch', '7']],
    ];

    let route = sse(NEVER);
    const app = express();
    app.get('/', (_, response) => {
      response.send(page);
    });
    app.get('/ticks', (request, response, next) => route(request, response, next));

    await listen(app, (url) =>
      withPage(chromium(), async ({ page }) => {
        for (const [title, served, cursor, seen] of cases) {
          route = served;
          await page.goto(`${url}/?lastEventId=${cursor}`);
          await page.waitForFunction(`seen.length >= ${seen.length}`);
          expect(await page.evaluate('seen'), title).to.deep.equal(seen);
        }

        // The run is retained, but belongs to another owner.
        let owner = 'ada';
        route = sse({ resume: { owner: () => owner } }, () => NEVER.pipe(startWith(Tick(7))));
        await page.goto(url);
        await page.waitForFunction('seen.length === 1');
        const cursor = String(await page.evaluate('cursor'));
        owner = 'eve';
        await page.goto(`${url}/?lastEventId=${cursor}`);
        await page.waitForFunction('seen.length >= 2');
        expect(await page.evaluate('seen')).to.deep.equal(['gap epoch', '7']);
      }),
    );
  });
});
