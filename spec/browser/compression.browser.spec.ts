import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import { events, feed, sse } from 'rxsse';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';

const Notes = events({ Note: { n: t.number, text: t.string } });

/** Reads the stream with two EventSources, of which one starts later, and with `fetch`. */
const page = `<!doctype html><link rel="icon" href="data:,"><script>
  const seen = { first: [], second: [] };
  let text = '';
  function read(name) {
    const source = new EventSource('/notes');
    source.addEventListener('note', ({ data, lastEventId }) => seen[name].push([data, lastEventId.replace(/^.*[.]/, '')]));
    source.addEventListener('rxsse.end', () => seen[name].push('end'));
    source.onerror = () => source.readyState === EventSource.CLOSED && seen[name].push('closed');
  }
  async function fetchAll() {
    const response = await fetch('/notes');
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value, { stream: true });
    text += '<whole>';
  }
  read('first');
</script>`;

describe('a compressed feed in a browser', function () {
  this.timeout(30_000);
  const chromium = requires('chromium');

  it('is decoded exactly, each event as it comes, after cuts, heartbeats and the end', () => {
    const notes = feed(Notes);
    const route = sse({ compression: true, retry: 1, heartbeat: 40, resume: { from: 'oldest' } }, notes);
    const encodings: unknown[] = [];
    const sent: unknown[] = [];
    const app = express()
      .get('/', (_, response) => {
        response.send(page);
      })
      .get('/notes', (request, response, next) => {
        route(request, response, next);
        encodings.push(response.getHeader('content-encoding'));
      });
    const publish = (n: number): void => {
      const data = { n, text: n % 4 === 3 ? '東京'.repeat(20_000) : `note ${n} `.repeat(n) };
      notes.publish(Notes.Note(data));
      sent.push([JSON.stringify(data), String(n)]);
    };
    return listen(app, (url, server) =>
      withPage(chromium(), async ({ page }) => {
        await page.goto(url);
        for (let n = 1; n <= 9; n++) {
          publish(n);
          // Before the next one is published: no event waits for another.
          await page.waitForFunction(`seen.first.length === ${n}`);
          if (n === 3) server.closeAllConnections();
          if (n === 5) await page.evaluate("read('second'); void fetchAll()");
          // Several heartbeats, which are this reader's own.
          if (n === 7) await page.evaluate('new Promise((resolve) => setTimeout(resolve, 130))');
        }
        await page.waitForFunction('seen.second.length === 9');
        notes.end();
        await page.waitForFunction(
          "seen.first.includes('closed') && seen.second.includes('closed') && text.includes('<whole>')",
        );
        const { first, second } = (await page.evaluate('seen')) as Record<string, unknown>;
        expect(first).to.deep.equal([...sent, 'end', 'closed']);
        expect(second).to.deep.equal([...sent, 'end', 'closed']);
        const text = String(await page.evaluate('text'));
        expect([...text.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => data)).to.deep.equal(
          sent.map((one) => (one as readonly string[])[0]),
        );
        expect(encodings.filter((one) => one !== undefined)).to.deep.equal(Array(encodings.length - 2).fill('gzip'));
      }),
    );
  });
});
