import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import type { Page } from 'playwright-core';
import { feed, type SseHandler, type SseRequest, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

/** Reads `/ticks` from the position in the page's URL, and keeps that URL up to date. */
const page = `<!doctype html><link rel="icon" href="data:,"><script>
  const seen = [], positions = [];
  const source = new EventSource('/ticks' + location.search);
  source.addEventListener('rxsse.position', ({ lastEventId }) => positions.push(lastEventId));
  source.addEventListener('tick', ({ data, lastEventId }) => {
    seen.push(data);
    history.replaceState(null, '', '?lastEventId=' + lastEventId);
  });
  source.addEventListener('rxsse.gap', ({ data, lastEventId }) => {
    const { reason, resumedFrom } = JSON.parse(data);
    seen.push('gap ' + reason + (resumedFrom === lastEventId ? '' : ' under a wrong id'));
  });
  source.addEventListener('rxsse.end', () => seen.push('end'));
  source.onmessage = ({ data }) => seen.push('unnamed ' + data);
  source.onerror = () => source.readyState === EventSource.CLOSED && seen.push('closed');
</script>`;

const connected = (page: Page, times: number) => page.waitForFunction(`positions.length === ${times}`);

async function seenUpTo(page: Page, value: string): Promise<unknown> {
  await page.waitForFunction(`seen.includes('${value}')`);
  return page.evaluate('seen');
}

interface Served {
  readonly listener: RequestListener;
  /** Records the status and `Rxsse-Resume` of each response, in order. */
  readonly responses: unknown[];
  /** Handles the next requests, as after a restart. */
  route: SseHandler<SseRequest>;
}

function serving(first: SseHandler<SseRequest>): Served {
  const app = express();
  const served: Served = { listener: app, responses: [], route: first };
  app.get('/', (_, response) => {
    response.send(page);
  });
  app.get('/ticks', (request, response, next) => {
    served.route(request, response, next);
    served.responses.push([response.statusCode, response.getHeader('rxsse-resume')]);
  });
  return served;
}

describe('the EventSource of a browser', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');

  it('resumes after cuts with nothing lost or repeated, receives a gap, and stops after the end', () => {
    const before = feed(Ticks);
    const after = feed(Ticks);
    const served = serving(sse({ retry: 1 }, before));
    return listen(served.listener, (url, server) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(url);
        await connected(page, 1);
        server.closeAllConnections();
        publish(before, 1);
        expect(await seenUpTo(page, '1')).to.deep.equal(['1']);

        server.closeAllConnections();
        publish(before, 2, 3);
        await connected(page, 3);
        publish(before, 4);
        expect(await seenUpTo(page, '4')).to.deep.equal(['1', '2', '3', '4']);

        served.route = sse({ retry: 1 }, after);
        publish(after, 11);
        server.closeAllConnections();
        await connected(page, 4);
        server.closeAllConnections();
        publish(after, 12);
        await seenUpTo(page, '12');
        after.end().subscribe();
        expect(await seenUpTo(page, 'closed')).to.deep.equal([
          '1',
          '2',
          '3',
          '4',
          'gap epoch',
          '11',
          '12',
          'end',
          'closed',
        ]);
        expect(await page.evaluate('source.readyState === EventSource.CLOSED')).to.equal(true);
        expect(served.responses).to.deep.equal([
          [200, 'live'],
          [200, 'exact'],
          [200, 'exact'],
          [200, 'gap;reason=epoch'],
          [200, 'exact'],
          [204, 'ended'],
        ]);
      }),
    );
  });

  it('resumes from the position in the URL when the page is reloaded', () => {
    const ticks = feed(Ticks);
    const served = serving(sse({ retry: 1 }, ticks));
    return listen(served.listener, (url, server) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(url);
        await connected(page, 1);
        publish(ticks, 1, 2);
        await seenUpTo(page, '2');
        const reloadUrl = String(await page.evaluate('location.href'));
        await page.goto('about:blank');
        publish(ticks, 3);
        await page.goto(reloadUrl);
        expect(await seenUpTo(page, '3')).to.deep.equal(['3']);
        server.closeAllConnections();
        publish(ticks, 4);
        expect(await seenUpTo(page, '4')).to.deep.equal(['3', '4']);
        expect(served.responses).to.deep.equal([
          [200, 'live'],
          [200, 'exact'],
          [200, 'exact'],
        ]);
      }),
    );
  });
});
